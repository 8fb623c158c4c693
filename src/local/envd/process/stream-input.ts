// process.Process/StreamInput: one request that carries many writes in order. Nothing is read from the client while the
// process has not taken what came before.
import type { IncomingMessage } from "node:http";
import { isRecord } from "../../../contracts/json.ts";
import type { Agent } from "../agent.ts";
import { takeEnvelope, type Message } from "../connect.ts";
import { rpcError } from "../rpc-error.ts";
import { writeInput } from "./calls.ts";
import type { ManagedProcess } from "./managed-process.ts";
import { selectLive } from "./select.ts";

export async function streamInput(agent: Agent, request: IncomingMessage): Promise<void> {
  let held = Buffer.alloc(0);
  let process: ManagedProcess | null = null;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    held = Buffer.concat([held, chunk]);
    for (let next = takeEnvelope(held); next !== null; next = takeEnvelope(held)) {
      held = Buffer.from(next.rest);
      process = await take(agent, process, next.message);
    }
  }
  if (held.length > 0) throw rpcError("invalid_argument", "request envelope is incomplete");
}

async function take(agent: Agent, process: ManagedProcess | null, message: Message): Promise<ManagedProcess | null> {
  if (isRecord(message.start)) return selectLive(agent, message.start.process);
  if (isRecord(message.data)) {
    if (process === null) throw rpcError("invalid_argument", "input came before the process was named");
    await writeInput(process, isRecord(message.data.input) ? message.data.input : {});
    return process;
  }
  if (message.keepalive !== undefined) return process;
  throw rpcError("unimplemented", "event is neither start, data nor keepalive");
}
