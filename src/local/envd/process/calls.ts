// The unary calls of process.Process, and Connect.
import type { IncomingMessage } from "node:http";
import { isRecord } from "../../../contracts/json.ts";
import type { Agent } from "../agent.ts";
import { endAfter, timeLimit, type EventStream, type Message } from "../connect.ts";
import { rpcError } from "../rpc-error.ts";
import { attach, type ManagedProcess } from "./managed-process.ts";
import { parsePty } from "./process-config.ts";
import { hasExited, selectLive, selectProcess } from "./select.ts";
import { resizeTerminal } from "./terminal.ts";

/** How long SendSignal waits for the end, so that whoever looks next sees it. */
const signalWaitMs = 500;

export function listProcesses(agent: Agent): Message {
  // Whose children still hold its output is live; what was killed is gone, whoever holds what.
  const live = [...agent.processes.values()].filter(
    (managed) => managed.end === undefined && !(managed.killed && hasExited(managed)),
  );
  return {
    processes: live.map(({ pid, config, tag }) => ({ pid, config, ...(tag === undefined ? {} : { tag }) })),
  };
}

/** Live output only. On this stream the client's time limit ends the stream, never the process. */
export function connectProcess(agent: Agent, request: IncomingMessage, message: Message, stream: EventStream): void {
  const limitMs = timeLimit(request);
  attach(selectProcess(agent, message.process), stream);
  if (limitMs !== null) endAfter(agent.clock, stream, limitMs);
}

export async function sendInput(agent: Agent, message: Message): Promise<Message> {
  const managed = selectLive(agent, message.process);
  await writeInput(managed, isRecord(message.input) ? message.input : {});
  return {};
}

/** The answer waits until the process took the bytes: a client that awaits each write cannot outrun the pipe. */
export async function writeInput(managed: ManagedProcess, input: Message): Promise<void> {
  const kind = input.pty !== undefined ? "pty" : input.stdin !== undefined ? "stdin" : null;
  const bytes = kind === null ? null : input[kind];
  if (kind === null || typeof bytes !== "string") throw rpcError("unimplemented", "input is neither stdin nor pty");
  const isTerminal = managed.channels.terminal !== null;
  if (isTerminal !== (kind === "pty")) throw rpcError("internal", wrongKind[kind]);
  const stream = managed.channels.input?.stream;
  const closed = `error writing to ${kind === "pty" ? "tty" : "stdin: stdin not enabled or closed"}`;
  if (stream === undefined || !managed.inputOpen || stream.writableEnded) throw rpcError("internal", closed);
  await new Promise<void>((resolve, reject) => {
    stream.write(Buffer.from(bytes, "base64"), (error) => (error ? reject(rpcError("internal", closed)) : resolve()));
  });
}

const wrongKind = {
  pty: "error writing to tty: tty not assigned to process — input should be written to the stdin, not the tty",
  stdin: "error writing to stdin: tty assigned to process — input should be written to the pty, not the stdin",
} as const;

export function closeStdin(agent: Agent, message: Message): Message {
  const managed = selectLive(agent, message.process);
  if (managed.channels.terminal !== null) {
    const hint = "cannot close stdin for PTY process — send Ctrl+D (0x04) instead";
    throw rpcError("unknown", `error closing stdin: ${hint}`);
  }
  managed.inputOpen = false;
  const stream = managed.channels.input?.stream;
  // A pipe knows no half-close: what was written goes out, then our end is closed.
  stream?.end(() => stream.destroy());
  return {};
}

export async function updateProcess(agent: Agent, message: Message): Promise<Message> {
  const managed = selectLive(agent, message.process);
  const size = parsePty(message.pty);
  if (size === null) return {};
  const { terminal } = managed.channels;
  if (terminal === null) throw rpcError("internal", "error resizing tty: tty not assigned to process");
  await resizeTerminal(terminal, size);
  return {};
}

export async function sendSignal(agent: Agent, message: Message): Promise<Message> {
  const managed = selectLive(agent, message.process);
  const name = signalName(message.signal);
  managed.killed = true;
  if (hasExited(managed)) managed.finish();
  managed.child.kill(name);
  await Promise.race([managed.exited, agent.clock.sleep(signalWaitMs)]);
  undoIfSurvived(managed);
  return {};
}

/** A process that handles SIGTERM and lives on ends later in the ordinary way. */
function undoIfSurvived(managed: ManagedProcess): void {
  if (!hasExited(managed)) managed.killed = false;
}

function signalName(value: unknown): "SIGKILL" | "SIGTERM" {
  switch (value) {
    case "SIGNAL_SIGKILL":
    case 9:
      return "SIGKILL";
    case "SIGNAL_SIGTERM":
    case 15:
      return "SIGTERM";
    default:
      throw rpcError("unimplemented", `signal ${String(value)} is not supported`);
  }
}
