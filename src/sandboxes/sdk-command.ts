// What foreground and background commands share of the SDK's own form.
import type { CommandHandle } from "./sdk.ts";

export interface Place {
  readonly cwd?: string;
  readonly envVars?: Readonly<Record<string, string>>;
}

/** Where a process starts and what it sees, in the SDK's words. */
export function placeOf({ cwd, envVars }: Place): {
  cwd?: string;
  envs?: Record<string, string>;
} {
  return { ...(cwd === undefined ? {} : { cwd }), ...(envVars === undefined ? {} : { envs: { ...envVars } }) };
}

/**
 * The SDK keeps everything a command ever wrote in two fields of its handle, which no option turns off: a talkative or
 * hostile program would fill our memory. We have passed the text on; the fields are emptied.
 */
export function forgetOutput(handle: CommandHandle): void {
  if (handle.stdout !== "") Reflect.set(handle, "_stdout", "");
  if (handle.stderr !== "") Reflect.set(handle, "_stderr", "");
}
