// One running command: its pipes, its listeners, its end. Output without a listener is dropped; a slow listener stops
// the reading; a client that leaves kills nothing.
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Clock } from "../../../host/clock.ts";
import type { EventStream, Message } from "../connect.ts";
import type { RpcProblem } from "../rpc-error.ts";
import type { ProcessConfig } from "./process-config.ts";

/** How a process is reached: two pipes and perhaps a third, or one terminal that is both. */
export interface Channels {
  readonly input: { readonly kind: "stdin" | "pty"; readonly stream: Socket } | null;
  readonly outputs: readonly Output[];
  /** Path of the terminal's inner end, for resizing. */
  readonly terminal: string | null;
}

interface Output {
  readonly name: OutputName;
  readonly stream: Socket;
  /** What can still be read once the stream says that it has ended. */
  readonly rest?: () => Iterable<Buffer>;
}

type OutputName = "stdout" | "stderr" | "pty";

export interface ManagedProcess {
  readonly pid: number;
  readonly config: ProcessConfig;
  readonly tag: string | undefined;
  readonly child: ChildProcess;
  readonly channels: Channels;
  readonly listeners: Set<EventStream>;
  /** Listeners that have not taken what they were sent; while there is one, nothing is read. */
  readonly slow: Set<EventStream>;
  inputOpen: boolean;
  /** Set when a signal of ours or the time limit ended it: then nobody waits for pipes its children hold. */
  killed: boolean;
  /** Why the end is an error of the call, for instance its time limit. */
  problem: RpcProblem | undefined;
  /** Resolves when the process itself is gone (its pipes may still be held by children). */
  readonly exited: Promise<void>;
  /** Ends it now for every listener, without waiting for whoever still holds its output. */
  finish: () => void;
  /** The end event, once it was sent. */
  end: Message | undefined;
}

/** Largest chunk in one event. */
const chunkBytes = { stdout: 32_768, stderr: 32_768, pty: 16_384 } as const;
/** After a kill, output already in the pipes gets this long to arrive. */
const drainMs = 50;

/** Wires a spawned child. `onEnd` is called once, after the end event went to every listener. */
export function manage(
  child: ChildProcess,
  identity: Pick<ManagedProcess, "pid" | "config" | "tag" | "channels">,
  tools: { readonly clock: Clock; readonly onEnd: (managed: ManagedProcess) => void },
): ManagedProcess {
  const { input, outputs } = identity.channels;
  const managed: ManagedProcess = {
    ...identity,
    child,
    listeners: new Set(),
    slow: new Set(),
    inputOpen: input !== null,
    killed: false,
    problem: undefined,
    end: undefined,
    exited: exitOf(child),
    finish: () => undefined,
  };
  const closed = outputs.map(async (output) => forward(managed, output));
  input?.stream.on("error", () => undefined);
  input?.stream.on("close", () => (managed.inputOpen = false));
  const finish = (): void => {
    if (managed.end !== undefined) return;
    managed.end = { event: { end: describeEnd(child) } };
    for (const stream of managed.listeners) sayEnd(managed, stream);
    managed.listeners.clear();
    for (const stream of [input?.stream, ...outputs.map((output) => output.stream)]) stream?.destroy();
    tools.onEnd(managed);
  };
  managed.finish = finish;
  void Promise.all([managed.exited, ...closed]).then(finish);
  void managed.exited.then(() => {
    // A terminal's input is its output too: it stays until that is read.
    if (input?.kind === "stdin") input.stream.destroy();
    if (managed.killed) tools.clock.after(drainMs, finish);
  });
  return managed;
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Adds a listener and tells it the pid. A process that has ended answers start and end at once. */
export function attach(managed: ManagedProcess, stream: EventStream): void {
  stream.send({ event: { start: { pid: managed.pid } } });
  if (managed.end !== undefined) return sayEnd(managed, stream);
  managed.listeners.add(stream);
  const caughtUp = (): void => {
    managed.slow.delete(stream);
    if (managed.slow.size > 0) return;
    for (const output of managed.channels.outputs) output.stream.resume();
  };
  stream.onDrain(caughtUp);
  stream.onClose(() => {
    managed.listeners.delete(stream);
    caughtUp();
  });
}

function sayEnd(managed: ManagedProcess, stream: EventStream): void {
  if (managed.problem !== undefined) return stream.end(managed.problem);
  if (managed.end !== undefined) stream.send(managed.end);
  stream.end();
}

/** Resolves when nobody holds the other end any more. */
async function forward(managed: ManagedProcess, output: Output): Promise<void> {
  const { name, stream: source } = output;
  const largest = chunkBytes[name];
  const pass = (data: Buffer): void => {
    for (let from = 0; from < data.length; from += largest) {
      const message = { event: { data: { [name]: data.subarray(from, from + largest).toString("base64") } } };
      for (const stream of managed.listeners) if (!stream.send(message)) managed.slow.add(stream);
    }
  };
  source.on("error", () => undefined);
  source.on("data", (data: Buffer) => {
    pass(data);
    if (managed.slow.size > 0) for (const other of managed.channels.outputs) other.stream.pause();
  });
  source.once("end", () => {
    for (const data of output.rest?.() ?? []) pass(data);
  });
  return new Promise((resolve) => source.once("close", () => resolve()));
}

/** Signal death is exit code -1 and `exited: false`, never 128 + n. */
function describeEnd(child: ChildProcess): Message {
  if (child.signalCode !== null) {
    const status = `signal: ${signalTexts[child.signalCode] ?? child.signalCode.slice(3).toLowerCase()}`;
    return { exitCode: -1, exited: false, status, error: status };
  }
  const exitCode = child.exitCode ?? 0;
  const status = `exit status ${exitCode}`;
  return exitCode === 0 ? { exitCode, exited: true, status } : { exitCode, exited: true, status, error: status };
}

/** As Go prints them. */
const signalTexts: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGHUP: "hangup",
  SIGQUIT: "quit",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGUSR1: "user defined signal 1",
  SIGUSR2: "user defined signal 2",
  SIGXCPU: "CPU time limit exceeded",
  SIGXFSZ: "file size limit exceeded",
};
