// One running command: its pipes, its listeners, its end. Output without a listener is dropped; a slow listener stops
// the reading; a client that leaves kills nothing.
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Clock } from "../../../host/clock.ts";
import type { EventStream, Message } from "../connect.ts";
import type { RpcProblem } from "../rpc-error.ts";
import type { Pipes } from "./pipes.ts";

export interface ProcessConfig {
  readonly cmd: string;
  readonly args: readonly string[];
  readonly envs: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ManagedProcess {
  readonly pid: number;
  readonly config: ProcessConfig;
  readonly tag: string | undefined;
  readonly child: ChildProcess;
  readonly pipes: Pipes;
  readonly listeners: Set<EventStream>;
  stdinOpen: boolean;
  /** Set when a signal of ours or the time limit ended it: then nobody waits for pipes its children hold. */
  killed: boolean;
  /** Why the end is an error of the call, for instance its time limit. */
  problem: RpcProblem | undefined;
  /** Resolves when the process itself is gone (its pipes may still be held by children). */
  readonly exited: Promise<void>;
  /** The end event, once it was sent. */
  end: Message | undefined;
}

/** Largest chunk in one event. */
const chunkBytes = 32_768;
/** After a kill, output already in the pipes gets this long to arrive. */
const drainMs = 50;

/** Wires a spawned child. `onEnd` is called once, after the end event went to every listener. */
export function manage(
  child: ChildProcess,
  identity: Pick<ManagedProcess, "pid" | "config" | "tag" | "pipes">,
  tools: { readonly clock: Clock; readonly onEnd: (managed: ManagedProcess) => void },
): ManagedProcess {
  const { stdin, stdout, stderr } = identity.pipes;
  const managed: ManagedProcess = {
    ...identity,
    child,
    listeners: new Set(),
    stdinOpen: stdin !== null,
    killed: false,
    problem: undefined,
    end: undefined,
    exited: new Promise((resolve) => child.once("exit", () => resolve())),
  };
  const closed = [forward(managed, stdout, "stdout"), forward(managed, stderr, "stderr")];
  stdin?.on("error", () => undefined);
  stdin?.on("close", () => (managed.stdinOpen = false));
  const finish = (): void => {
    if (managed.end !== undefined) return;
    managed.end = { event: { end: describeEnd(child) } };
    for (const stream of managed.listeners) sayEnd(managed, stream);
    managed.listeners.clear();
    for (const pipe of [stdin, stdout, stderr]) pipe?.destroy();
    tools.onEnd(managed);
  };
  void Promise.all([managed.exited, ...closed]).then(finish);
  void managed.exited.then(() => {
    stdin?.destroy();
    if (managed.killed) tools.clock.after(drainMs, finish);
  });
  return managed;
}

/** Adds a listener and tells it the pid. A process that has ended answers start and end at once. */
export function attach(managed: ManagedProcess, stream: EventStream): void {
  stream.send({ event: { start: { pid: managed.pid } } });
  if (managed.end !== undefined) return sayEnd(managed, stream);
  managed.listeners.add(stream);
  const resume = (): void => {
    managed.pipes.stdout.resume();
    managed.pipes.stderr.resume();
  };
  stream.onDrain(resume);
  stream.onClose(() => {
    managed.listeners.delete(stream);
    resume();
  });
}

function sayEnd(managed: ManagedProcess, stream: EventStream): void {
  if (managed.problem !== undefined) return stream.end(managed.problem);
  if (managed.end !== undefined) stream.send(managed.end);
  stream.end();
}

/** Resolves when nobody holds the pipe's other end any more. */
async function forward(managed: ManagedProcess, pipe: Socket, name: "stdout" | "stderr"): Promise<void> {
  pipe.on("error", () => undefined);
  pipe.on("data", (data: Buffer) => {
    for (let from = 0; from < data.length; from += chunkBytes) {
      const chunk = data.subarray(from, from + chunkBytes).toString("base64");
      const message = { event: { data: { [name]: chunk } } };
      for (const stream of managed.listeners) if (!stream.send(message)) pipe.pause();
    }
  });
  return new Promise((resolve) => pipe.once("close", () => resolve()));
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
