// The few calls the host itself makes to an agent. Answers are hostile: bounded in size and time, never trusted.
import { request } from "node:http";
import { limits, secretHeader } from "./limits.ts";
import type { Cell } from "./isolation/backend.ts";
import type { Clock } from "../host/clock.ts";

export interface AgentAnswer {
  readonly status: number;
  readonly text: string;
}

const callMs = 5_000;

export interface AgentCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they are, with `type`. */
  readonly bytes?: Buffer;
  readonly type?: string;
  readonly token?: string | null;
  /** Longest wait for the whole answer, ms; default 5,000. */
  readonly withinMs?: number;
}

export async function callAgent(
  cell: Pick<Cell, "socketPath" | "secret" | "boot" | "ready">,
  call: AgentCall,
  clock: Clock,
): Promise<AgentAnswer> {
  const body = call.bytes ?? (call.body === undefined ? null : Buffer.from(JSON.stringify(call.body)));
  await (cell.ready ?? cell.boot)?.();
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath: cell.socketPath,
      method: call.method,
      path: call.path,
      agent: false,
      maxHeaderSize: limits.headerBytes,
      headers: {
        [secretHeader]: cell.secret,
        connection: "close",
        ...(typeof call.token === "string" ? { "x-access-token": call.token } : {}),
        ...(body === null ? {} : { "content-type": call.type ?? "application/json", "content-length": body.length }),
      },
    });
    const stop = clock.after(call.withinMs ?? callMs, () => outgoing.destroy(new Error("the agent did not answer")));
    const fail = (cause: Error): void => {
      stop();
      reject(cause);
    };
    outgoing.on("error", fail);
    outgoing.on("response", (response) => {
      let text = "";
      // Once an answer has begun, its end is told here and no longer to the request.
      response.on("error", fail);
      response.on("close", () => fail(new Error("the agent broke its answer off")));
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
        if (text.length > limits.agentAnswerBytes) outgoing.destroy(new Error("the agent's answer is too large"));
      });
      response.on("end", () => {
        stop();
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    outgoing.end(body ?? undefined);
  });
}
