// Forwards one request to the agent inside a sandbox, over kept-alive connections to its socket.
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { send, type Answer } from "./answer.ts";
import { limits } from "./limits.ts";
import { passed, relay } from "./relay.ts";
import type { LocalSandbox } from "./sandbox-table.ts";
import type { ServedRequest, ServedResponse } from "./served.ts";

const internalPaths = /^\/(init|freeze|unfreeze|collapse|fsfreeze|fsthaw)\/?$/;

/** Keep-alive sockets of one sandbox; destroyed with it. */
export type Upstreams = WeakMap<LocalSandbox, HttpAgent>;

export function isInternalPath(path: string): boolean {
  return internalPaths.test(path);
}

export function forward(
  upstreams: Upstreams,
  sandbox: LocalSandbox,
  request: ServedRequest,
  response: ServedResponse,
): void {
  if (!admit(sandbox, response)) return;
  const { "x-api-key": _, ...headers } = passed(request.headers);
  const outgoing = httpRequest({
    socketPath: sandbox.cell.socketPath,
    agent: agentOf(upstreams, sandbox),
    method: request.method,
    path: request.url,
    headers,
    maxHeaderSize: limits.headerBytes,
  });
  relay(request, response, outgoing, () => send(response, sandboxGone(sandbox.id)));
}

/** Counts the request until its answer is over. False: it was refused because too many are open. */
export function admit(sandbox: LocalSandbox, response: ServedResponse): boolean {
  if (sandbox.open >= limits.requestsPerSandbox) {
    const sentence = `${limits.requestsPerSandbox} requests to this sandbox are open`;
    send(response, { status: 429, body: { code: "resource_exhausted", message: sentence } });
    return false;
  }
  sandbox.open++;
  response.once("close", () => sandbox.open--);
  return true;
}

export function sandboxGone(id: string): Answer {
  return { status: 502, body: { sandboxId: id, message: "The sandbox was not found", code: 502 } };
}

function agentOf(upstreams: Upstreams, sandbox: LocalSandbox): HttpAgent {
  const known = upstreams.get(sandbox);
  if (known !== undefined) return known;
  const agent = new HttpAgent({ keepAlive: true, maxSockets: limits.requestsPerSandbox });
  upstreams.set(sandbox, agent);
  void sandbox.cell.ended.then(() => agent.destroy());
  return agent;
}
