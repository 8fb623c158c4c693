// One command inside a sandbox, from start to exit code. A non-zero code and a command killed at its limit are results.
import type { CommandResult } from "../contracts/sandbox.ts";
import type { Cancel, Clock } from "../host/clock.ts";
import { collectUpTo } from "./collect.ts";
import { commandGraceMs, commandTimeoutMs, maxOutputBytes, requestTimeoutMs } from "./limits.ts";
import { commandLine } from "./quote.ts";
import { forgetOutput, placeOf } from "./sdk-command.ts";
import type { CommandHandle, Sandbox, Sdk } from "./sdk.ts";

export interface CommandRequest {
  /** A program when `args` is given (no shell sees them), else a shell line. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly envVars?: Readonly<Record<string, string>>;
  /** Killed after this many seconds, default 60. */
  readonly timeoutSeconds?: number;
  /** False drops both streams. */
  readonly captureOutput?: boolean;
}

type Ending = { readonly kind: "exited"; readonly exitCode: number } | { readonly kind: "late" };

/** Throws what the SDK throws when the sandbox or the connection fails; the manager translates it. */
export async function execute(
  sdk: Sdk,
  sandbox: Sandbox,
  request: CommandRequest,
  clock: Clock,
): Promise<CommandResult> {
  const line = commandLine(request.command, request.args);
  const timeoutMs = limitMs(request);
  const stdout = collectUpTo(maxOutputBytes);
  const stderr = collectUpTo(maxOutputBytes);
  const captures = request.captureOutput !== false;
  let handle: CommandHandle | undefined;
  const keep = (into: typeof stdout, chunk: string): void => {
    if (captures) into.add(chunk);
    if (handle !== undefined) forgetOutput(handle);
  };
  const began = clock.monotonicNs();
  handle = await sandbox.commands.run(line, {
    background: true,
    timeoutMs,
    requestTimeoutMs,
    ...placeOf(request),
    onStdout: (chunk) => keep(stdout, chunk),
    onStderr: (chunk) => keep(stderr, chunk),
  });
  const isDue = (): boolean => clock.monotonicNs() - began >= BigInt(timeoutMs) * 1_000_000n - 20_000_000n;
  const ending = await endOf(sdk, handle, { clock, isDue, withinMs: timeoutMs + commandGraceMs });
  const durationNs = clock.monotonicNs() - began;
  const timedOut = ending.kind === "late";
  const exitCode = timedOut ? -1 : ending.exitCode;
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), pid: handle.pid, durationNs, timedOut };
}

/** The command's own limit. */
export function limitMs({ timeoutSeconds = commandTimeoutMs / 1_000 }: CommandRequest): number {
  return Math.max(1, Math.ceil(timeoutSeconds * 1_000));
}

interface Limit {
  readonly clock: Clock;
  /** True once the command's own limit has passed, as far as its clock and ours agree. */
  readonly isDue: () => boolean;
  readonly withinMs: number;
}

/** The server kills a late command; should it not, the client does a little later. */
async function endOf(sdk: Sdk, handle: CommandHandle, limit: Limit): Promise<Ending> {
  let cancel: Cancel = () => undefined;
  const late = new Promise<Ending>((resolve) => {
    cancel = limit.clock.after(limit.withinMs, () => resolve({ kind: "late" }));
  });
  try {
    const ending = await Promise.race([settled(sdk, handle, limit.isDue), late]);
    if (ending.kind === "late") {
      // The connection may have ended with the limit: a kill that finds nothing is what is wanted.
      await handle.kill().catch(() => false);
      await handle.disconnect();
    }
    return ending;
  } finally {
    cancel();
  }
}

async function settled(sdk: Sdk, handle: CommandHandle, isDue: () => boolean): Promise<Ending> {
  try {
    const { exitCode } = await handle.wait();
    return { kind: "exited", exitCode };
  } catch (thrown) {
    if (thrown instanceof sdk.CommandExitError) return { kind: "exited", exitCode: thrown.exitCode };
    if (thrown instanceof sdk.TimeoutError && isDue()) return { kind: "late" };
    throw thrown;
  }
}
