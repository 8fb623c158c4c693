// The unary calls of process.Process, and Connect.
import type { IncomingMessage } from "node:http";
import { isRecord } from "../../../contracts/json.ts";
import type { Agent } from "../agent.ts";
import type { EventStream, Message } from "../connect.ts";
import { rpcError } from "../rpc-error.ts";
import { attach, type ManagedProcess } from "./managed-process.ts";
import { hasExited, selectLive, selectProcess } from "./select.ts";

/** How long SendSignal waits for the end, so that whoever looks next sees it. */
const signalWaitMs = 500;
const maxTimerMs = 2 ** 31 - 1;

export function listProcesses(agent: Agent): Message {
  const live = [...agent.processes.values()].filter((managed) => managed.end === undefined && !hasExited(managed));
  return {
    processes: live.map(({ pid, config, tag }) => ({ pid, config, ...(tag === undefined ? {} : { tag }) })),
  };
}

/** Live output only. On this stream the client's time limit ends the stream, never the process. */
export function connectProcess(agent: Agent, request: IncomingMessage, message: Message, stream: EventStream): void {
  attach(selectProcess(agent, message.process), stream);
  const ms = Number(request.headers["connect-timeout-ms"]);
  if (!Number.isFinite(ms) || ms <= 0) return;
  const late = { code: "deadline_exceeded", message: "context deadline exceeded" } as const;
  stream.onClose(agent.clock.after(Math.min(ms, maxTimerMs), () => stream.end(late)));
}

export async function sendInput(agent: Agent, message: Message): Promise<Message> {
  const managed = selectLive(agent, message.process);
  const input = isRecord(message.input) ? message.input : {};
  const { stdin } = managed.pipes;
  if (typeof input.stdin !== "string" || !managed.stdinOpen || stdin === null || stdin.writableEnded) {
    throw rpcError("internal", "stdin not enabled or closed");
  }
  const bytes = Buffer.from(input.stdin, "base64");
  // The answer waits until the process took the bytes: a client that awaits each write can not outrun the pipe.
  await new Promise<void>((resolve, reject) => {
    stdin.write(bytes, (error) => (error ? reject(rpcError("internal", "stdin not enabled or closed")) : resolve()));
  });
  return {};
}

export function closeStdin(agent: Agent, message: Message): Message {
  const managed = selectLive(agent, message.process);
  managed.stdinOpen = false;
  const { stdin } = managed.pipes;
  // A pipe knows no half-close: what was written goes out, then our end is closed.
  stdin?.end(() => stdin.destroy());
  return {};
}

export async function sendSignal(agent: Agent, message: Message): Promise<Message> {
  const managed = selectLive(agent, message.process);
  const name = signalName(message.signal);
  managed.killed = true;
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
