// A data source on loopback that answers what it is told, in order, and remembers what it was asked.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly atMs: number;
}
export type Reply =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string> }
  /** As it is. */
  | { readonly status: number; readonly text: string }
  /** Accepts and never answers; cuts the connection in the middle of the body; sends text that is no JSON; sends many bytes. */
  | "hang"
  | "cut"
  | "garbled"
  | { readonly bytes: number };

export interface Source {
  readonly url: string;
  readonly asked: Asked[];
  /** By path; the last reply of a list stays. */
  on(path: string, ...replies: readonly Reply[]): void;
}

/** Ends with the test. */
export async function openSource(): Promise<Source> {
  const plans = new Map<string, Reply[]>();
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://source");
    asked.push({ path: url.pathname, query: url.searchParams, headers: request.headers, atMs: Date.now() });
    const plan = plans.get(url.pathname);
    const reply = plan !== undefined && plan.length > 1 ? plan.shift() : plan?.[0];
    give(response, reply ?? { status: 404, body: { message: "not found" } });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    on: (path, ...replies) => void plans.set(path, [...replies]),
  };
}

function give(response: ServerResponse, reply: Reply): void {
  if (reply === "hang") return;
  if (reply === "garbled") return void response.writeHead(200).end('{"a":');
  if (reply === "cut") {
    response.writeHead(200, { "content-length": "1000" }).write('{"a":1');
    return void setTimeout(() => response.destroy(), 5);
  }
  if ("bytes" in reply) return void response.writeHead(200).end(JSON.stringify("x".repeat(reply.bytes)));
  if ("text" in reply) return void response.writeHead(reply.status).end(reply.text);
  response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
  response.end(JSON.stringify(reply.body));
}
