// Forwards one request to the agent inside a sandbox, over kept-alive connections to its socket.
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { send, type Answer } from "./answer.ts";
import type { Cell } from "./isolation/backend.ts";
import { limits } from "./limits.ts";
import { passed, relay } from "./relay.ts";
import type { LocalSandbox } from "./sandbox-table.ts";
import { breakOff, type ServedRequest, type ServedResponse } from "./served.ts";

const internalPaths = /^\/(init|freeze|unfreeze|collapse|fsfreeze|fsthaw)\/?$/;

/** Keep-alive sockets of one cell; destroyed with it. */
export type Upstreams = WeakMap<Cell, HttpAgent>;

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
    agent: agentOf(upstreams, sandbox.cell),
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
  // A sandbox that pauses takes its connections with it.
  const interrupt = (): void => breakOff(response);
  sandbox.streams.add(interrupt);
  response.once("close", () => {
    sandbox.open--;
    sandbox.streams.delete(interrupt);
  });
  return true;
}

export function sandboxGone(id: string): Answer {
  return { status: 502, body: { sandboxId: id, message: "The sandbox was not found", code: 502 } };
}

function agentOf(upstreams: Upstreams, cell: Cell): HttpAgent {
  const known = upstreams.get(cell);
  if (known !== undefined) return known;
  const agent = new HttpAgent({ keepAlive: true, maxSockets: limits.requestsPerSandbox });
  upstreams.set(cell, agent);
  void cell.ended.then(() => agent.destroy());
  return agent;
}
