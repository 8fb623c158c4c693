// The agent is hostile once a tenant runs: what the host does with its answers is bounded.
import { createServer, type RequestListener, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { callAgent } from "../../src/local/agent-call.ts";
import { forward } from "../../src/local/proxy.ts";
import { openIngress } from "../../src/local/ports/ingress.ts";
import { createSandboxTable, makeSandboxId } from "../../src/local/sandbox-table.ts";
import { realClock } from "../../src/host/clock.ts";
import { seededRandom } from "../../src/host/random.ts";

let folder: string;
let agent: Server;
let host: Server;

beforeEach(() => {
  folder = mkdtempSync("/tmp/e2bt-");
});
afterEach(() => {
  for (const server of [agent, host]) {
    server?.close();
    server?.closeAllConnections();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function begin(listener: RequestListener): Promise<{ socketPath: string; url: string }> {
  const socketPath = join(folder, "a.sock");
  agent = createServer({ maxHeaderSize: 1_000_000 }, listener);
  await new Promise<void>((resolve) => agent.listen(socketPath, () => resolve()));
  const never = new Promise<void>(() => undefined);
  const nothing = async (): Promise<undefined> => undefined;
  const still = { freeze: nothing, thaw: nothing, capture: nothing, setNetwork: nothing, kill: nothing };
  const cell = { name: "0", socketPath, secret: "s", ended: never, removed: never, ...still };
  const table = createSandboxTable(realClock);
  const fields = {
    id: makeSandboxId(seededRandom(1)),
    templateId: "t",
    alias: "base",
    metadata: {},
    cell,
    token: "t",
    allowInternetAccess: null,
    ingress: openIngress,
  };
  const sandbox = table.add(fields, 60);
  sandbox.cancelDeadline();
  host = createServer((request, response) => forward(new WeakMap(), sandbox, request, response));
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", () => resolve()));
  const { port } = host.address() as { port: number };
  return { socketPath, url: `http://127.0.0.1:${port}` };
}

it("passes an honest answer and strips hop-by-hop headers both ways", async () => {
  let seen: unknown;
  const { url } = await begin((request, response) => {
    seen = [request.headers["x-api-key"], request.headers["x-kept"]];
    response.writeHead(200, { "x-e2b-local": "target=cloud", "x-mine": "1", "proxy-authenticate": "Basic" });
    response.end("body");
  });
  const answer = await fetch(url, { headers: { "x-api-key": "secret", "x-kept": "yes" } });
  expect(await answer.text()).toBe("body");
  expect(seen).toEqual([undefined, "yes"]);
  expect([
    answer.headers.get("x-mine"),
    answer.headers.get("x-e2b-local"),
    answer.headers.get("proxy-authenticate"),
  ]).toEqual(["1", null, null]);
});

it("answers 502 for headers beyond the limit", async () => {
  const { url } = await begin((_, response) => {
    response.writeHead(200, { "x-large": "x".repeat(200_000) });
    response.end();
  });
  const answer = await fetch(url);
  expect([answer.status, ((await answer.json()) as { code: number }).code]).toEqual([502, 502]);
});

it("gives up on an answer to the host itself that is too large", async () => {
  const { socketPath } = await begin((_, response) => response.end("x".repeat(10_000_000)));
  await expect(callAgent({ socketPath, secret: "s" }, { method: "GET", path: "/metrics" }, realClock)).rejects.toThrow(
    "the agent's answer is too large",
  );
});

const call = { method: "GET", path: "/metrics" } as const;

it("gives up on an answer to the host itself that breaks off", async () => {
  const { socketPath } = await begin((_, response) => {
    response.writeHead(200, { "content-length": 1000 });
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  await expect(callAgent({ socketPath, secret: "s" }, call, realClock)).rejects.toThrow("aborted");
});

it("gives up on an answer to the host itself that never ends", async () => {
  const { socketPath } = await begin((_, response) => {
    response.writeHead(200);
    response.write("more to come");
  });
  await expect(callAgent({ socketPath, secret: "s" }, call, realClock)).rejects.toThrow("the agent did not answer");
});

it("breaks the client's connection when the agent breaks its answer off", async () => {
  const { url } = await begin((_, response) => {
    response.writeHead(200, { "content-length": 1000 });
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  const answer = await fetch(url);
  await expect(answer.text()).rejects.toThrow();
});
