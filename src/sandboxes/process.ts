// A program in the background of a sandbox with its streams open: what the driver talks through.
import type { SwarmError } from "../contracts/swarm-error.ts";
import { forgetOutput, placeOf } from "./sdk-command.ts";
import { maxWriteLength, requestTimeoutMs } from "./limits.ts";
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

/** How a program that runs already is listened to; what it wrote before is gone. */
export type AttachRequest = Pick<ProcessRequest, "onStdout" | "onStderr"> & { readonly pid: number };

export type Translate = (thrown: unknown) => SwarmError;

export async function startProcess(
  sdk: Sdk,
  sandbox: Sandbox,
  request: ProcessRequest,
  fault: Translate,
): Promise<SandboxProcess> {
  return openProcess(sdk, request, fault, (listeners) =>
    sandbox.commands.run(commandLine(request.command, request.args), {
      background: true,
      stdin: true,
      timeoutMs: 0,
      requestTimeoutMs,
      ...placeOf(request),
      ...listeners,
    }),
  );
}

/** Listens to a program that somebody else started; its stdin is still open. */
export async function attachProcess(
  sdk: Sdk,
  sandbox: Sandbox,
  request: AttachRequest,
  fault: Translate,
): Promise<SandboxProcess> {
  return openProcess(sdk, request, fault, (listeners) =>
    sandbox.commands.connect(request.pid, { timeoutMs: 0, requestTimeoutMs, ...listeners }),
  );
}

interface Batch {
  readonly texts: string[];
  length: number;
  sent: Promise<void>;
}

type Listeners = Required<Pick<ProcessRequest, "onStdout" | "onStderr">>;

async function openProcess(
  sdk: Sdk,
  request: Pick<ProcessRequest, "onStdout" | "onStderr">,
  fault: Translate,
  open: (listeners: Listeners) => Promise<CommandHandle>,
): Promise<SandboxProcess> {
  let handle: CommandHandle | undefined;
  const pass = (listener: ProcessRequest["onStderr"], chunk: string): void | Promise<void> => {
    if (handle !== undefined) forgetOutput(handle);
    return listener?.(chunk);
  };
  const opened = await open({
    onStdout: (chunk) => pass(request.onStdout, chunk),
    onStderr: (chunk) => pass(request.onStderr, chunk),
  });
  handle = opened;
  let tail: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(act: () => Promise<T>): Promise<T> => {
    const done = tail.then(act).catch((thrown: unknown) => Promise.reject(fault(thrown)));
    tail = done.catch(() => undefined);
    return done;
  };
  let waiting: Batch | null = null;
  /** What is said while an earlier write is under way goes into one write after it. */
  const send = (text: string): Promise<void> => {
    const open = waiting;
    if (open !== null && open.length + text.length <= maxWriteLength) {
      open.texts.push(text);
      open.length += text.length;
      return open.sent;
    }
    const batch: Batch = { texts: [text], length: text.length, sent: Promise.resolve() };
    waiting = batch;
    batch.sent = inOrder(() => {
      if (waiting === batch) waiting = null;
      return opened.sendStdin(batch.texts.join(""), { requestTimeoutMs });
    });
    return batch.sent;
  };
  return {
    pid: opened.pid,
    send,
    closeStdin: () => inOrder(() => opened.closeStdin({ requestTimeoutMs })),
    kill: () => opened.kill().catch((thrown: unknown) => Promise.reject(fault(thrown))),
    detach: () => opened.disconnect(),
    ended: endOf(sdk, opened, fault),
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
