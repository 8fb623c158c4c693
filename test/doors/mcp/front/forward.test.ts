// What is passed on when workers die in the middle: real servers on real sockets, which break off when the test says so.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forward } from "../../../../src/doors/mcp/front/forward.ts";
import type { Admitted } from "../../../../src/doors/mcp/http/gate.ts";
import { openGate } from "../../../../src/doors/mcp/http/gate.ts";
import { listen } from "../../../../src/doors/mcp/http/listen.ts";
import { silentLog } from "../../../../src/host/log.ts";

let folder = "";
const ends: (() => void)[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "e2b-swarm-forward-"))));
afterEach(() => {
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true, force: true });
});

const events = { "content-type": "text/event-stream" };
const event = (text: string): string => `id: ${text}\ndata: ${text}\n\n`;

/** A worker that answers as told; the headers of what it was asked. */
async function worker(name: string, answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const asked: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    request.resume().once("end", () => answer(response, request));
  });
  const socket = join(folder, name);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, asked };
}

/** Sends a head and some bytes, then the connection breaks. */
const cut =
  (headers: Record<string, string>, bytes: string) =>
  (response: ServerResponse): void => {
    response.writeHead(200, headers);
    response.write(bytes, () => setImmediate(() => response.destroy()));
  };
const whole =
  (bytes: string) =>
  (response: ServerResponse): void =>
    void response.writeHead(200, events).end(bytes);

const look: Admitted = { message: { jsonrpc: "2.0", id: 1, method: "tools/list" }, authInfo: null };
const none: Admitted = { message: null, authInfo: null };
const post = (signal?: AbortSignal) =>
  new Request("http://localhost/mcp", { method: "POST", body: "{}", ...(signal === undefined ? {} : { signal }) });
const get = (headers: Record<string, string> = {}) => new Request("http://localhost/mcp", { headers });

async function pair(first: (response: ServerResponse) => void, second: (response: ServerResponse) => void) {
  const [one, two] = [await worker("1", first), await worker("2", second)];
  const place = async (dead: string | null): Promise<string> => (dead === null ? one.socket : two.socket);
  return { one, two, place };
}

describe("an answer that broke off", () => {
  test("a document is not closed as a whole one", async () => {
    const { place } = await pair(cut({ "content-type": "application/json" }, '{"jsonrpc":'), whole(""));
    const answer = await forward(post(), look, place);
    await expect(answer.text()).rejects.toThrow();
  });

  test("and neither by the server people connect to", async () => {
    const { place } = await pair(cut({ "content-type": "application/json" }, '{"jsonrpc":'), whole(""));
    const gate = openGate({ hostnames: ["127.0.0.1"], tokens: null });
    const upstream = (request: Request, admitted: Admitted) => forward(request, admitted, place);
    const server = await listen({ host: "127.0.0.1", port: 0, gate, upstream, log: silentLog });
    ends.push(() => void server.close());
    const body = JSON.stringify(look.message);
    const answer = await fetch(server.url, { method: "POST", headers: { "content-type": "application/json" }, body });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  test("a look goes on with the next worker", async () => {
    const { place } = await pair(cut(events, event("a")), whole(event("b")));
    expect(await (await forward(post(), look, place)).text()).toBe(event("a") + event("b"));
  });

  test("so does a listener that resumed nothing", async () => {
    const { place } = await pair(cut(events, event("a")), whole(event("b")));
    expect(await (await forward(get(), none, place)).text()).toBe(event("a") + event("b"));
  });

  test("a stream that was resumed is not told from there once more", async () => {
    const { one, two, place } = await pair(cut(events, event("a")), whole(event("a") + event("b")));
    expect(await (await forward(get({ "last-event-id": "0" }), none, place)).text()).toBe(event("a"));
    expect([one.asked.length, two.asked.length]).toEqual([1, 0]);
    expect(one.asked[0]).toMatchObject({ "last-event-id": "0" });
  });
});

test("nothing is asked again for a client that left", async () => {
  const left = new AbortController();
  const first = await worker("1", cut(events, event("a")));
  const second = await worker("2", whole(event("b")));
  const place = async (dead: string | null): Promise<string> => {
    // It leaves while the next worker comes up.
    if (dead !== null) left.abort(new Error("left"));
    return dead === null ? first.socket : second.socket;
  };
  const answer = await forward(post(left.signal), look, place);
  await answer.text().catch(() => "");
  expect(second.asked).toEqual([]);
});
