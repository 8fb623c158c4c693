// A program in the background of a sandbox with its streams open: what the driver talks through.
import type { SwarmError } from "../contracts/swarm-error.ts";
import { forgetOutput, placeOf } from "./sdk-command.ts";
import { requestTimeoutMs } from "./limits.ts";
import { commandLine } from "./quote.ts";
import type { CommandHandle, Sandbox, Sdk } from "./sdk.ts";

export interface ProcessRequest {
  /** A program when `args` is given, else a shell line. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly envVars?: Readonly<Record<string, string>>;
  /** Called in order; a returned promise holds back what comes after it. */
  readonly onStdout: (chunk: string) => void | Promise<void>;
  readonly onStderr?: (chunk: string) => void | Promise<void>;
}

export type ProcessEnd =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "lost"; readonly fault: SwarmError };

export interface SandboxProcess {
  readonly pid: number;
  /** Writes to stdin, in the order of the calls. */
  send(text: string): Promise<void>;
  closeStdin(): Promise<void>;
  /** SIGKILL; false when it had ended before. */
  kill(): Promise<boolean>;
  /** Stops listening; the program runs on. */
  detach(): Promise<void>;
  /** How it ended; never rejects. `lost` = the connection or the sandbox ended first. */
  readonly ended: Promise<ProcessEnd>;
}

export type Translate = (thrown: unknown) => SwarmError;

export async function startProcess(
  sdk: Sdk,
  sandbox: Sandbox,
  request: ProcessRequest,
  fault: Translate,
): Promise<SandboxProcess> {
  let handle: CommandHandle | undefined;
  const pass = (listener: ProcessRequest["onStderr"], chunk: string): void | Promise<void> => {
    if (handle !== undefined) forgetOutput(handle);
    return listener?.(chunk);
  };
  const started = await sandbox.commands.run(commandLine(request.command, request.args), {
    background: true,
    stdin: true,
    timeoutMs: 0,
    requestTimeoutMs,
    ...placeOf(request),
    onStdout: (chunk) => pass(request.onStdout, chunk),
    onStderr: (chunk) => pass(request.onStderr, chunk),
  });
  handle = started;
  let tail: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(act: () => Promise<T>): Promise<T> => {
    const done = tail.then(act).catch((thrown: unknown) => Promise.reject(fault(thrown)));
    tail = done.catch(() => undefined);
    return done;
  };
  return {
    pid: started.pid,
    send: (text) => inOrder(() => started.sendStdin(text, { requestTimeoutMs })),
    closeStdin: () => inOrder(() => started.closeStdin({ requestTimeoutMs })),
    kill: () => started.kill().catch((thrown: unknown) => Promise.reject(fault(thrown))),
    detach: () => started.disconnect(),
    ended: endOf(sdk, started, fault),
  };
}

async function endOf(sdk: Sdk, handle: CommandHandle, fault: Translate): Promise<ProcessEnd> {
  try {
    const { exitCode } = await handle.wait();
    return { kind: "exited", exitCode };
  } catch (thrown) {
    if (thrown instanceof sdk.CommandExitError) return { kind: "exited", exitCode: thrown.exitCode };
    return { kind: "lost", fault: fault(thrown) };
  }
}
