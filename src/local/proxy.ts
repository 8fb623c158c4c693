// Forwards one request to the agent inside a sandbox. Bodies are piped, never collected; a sandbox that dies in the middle
// looks like a broken connection, because that is what the SDK recognises.
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { problem, send } from "./answer.ts";
import { labelHeader, limits } from "./limits.ts";
import type { Cell } from "./isolation/backend.ts";
import type { LocalSandbox } from "./sandbox-table.ts";

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-api-key",
]);
const internalPaths = /^\/(init|freeze|unfreeze|collapse|fsfreeze|fsthaw)\/?$/;

/** Keep-alive sockets of one cell; destroyed with it. */
export type Upstreams = WeakMap<Cell, HttpAgent>;

export function isInternalPath(path: string): boolean {
  return internalPaths.test(path);
}

export function forward(
  upstreams: Upstreams,
  sandbox: LocalSandbox,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (sandbox.open >= limits.requestsPerSandbox) {
    const sentence = `${limits.requestsPerSandbox} requests to this sandbox are open`;
    return send(response, { status: 429, body: { code: "resource_exhausted", message: sentence } });
  }
  sandbox.open++;
  // A sandbox that pauses takes its connections with it.
  const breakOff = (): void => {
    outgoing.destroy();
    response.destroy();
  };
  sandbox.streams.add(breakOff);
  response.once("close", () => {
    sandbox.open--;
    sandbox.streams.delete(breakOff);
  });
  const outgoing = httpRequest({
    socketPath: sandbox.cell.socketPath,
    agent: agentOf(upstreams, sandbox.cell),
    method: request.method,
    path: request.url,
    headers: passed(request.headers),
    maxHeaderSize: limits.headerBytes,
  });
  outgoing.on("response", (incoming) => {
    incoming.on("error", () => response.destroy());
    incoming.on("aborted", () => response.destroy());
    const label = response.getHeader(labelHeader);
    response.writeHead(incoming.statusCode ?? 502, {
      ...passed(incoming.headers),
      ...(label === undefined ? {} : { [labelHeader]: label }),
    });
    response.flushHeaders();
    incoming.pipe(response);
  });
  outgoing.on("error", () => {
    // What the client still sends has no reader any more; left unread it would wedge the connection.
    request.unpipe(outgoing);
    request.resume();
    if (response.headersSent) response.destroy();
    else send(response, sandboxGone(sandbox.id));
  });
  // The client went away: the agent learns it too, and kills nothing because of it.
  response.once("close", () => outgoing.destroy());
  request.on("error", () => outgoing.destroy());
  request.pipe(outgoing);
}

export function sandboxGone(id: string): ReturnType<typeof problem> {
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

function passed(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name) && name !== labelHeader));
}
