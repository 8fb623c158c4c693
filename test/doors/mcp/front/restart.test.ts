// kill -9 of the process that serves, in the middle of a call: what the client of each transport and era sees.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Client } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { afterEach, describe, expect, test } from "vitest";
import { serveHttpFront } from "../../../../src/doors/mcp/front/http-front.ts";
import { serveStdioFront } from "../../../../src/doors/mcp/front/stdio-front.ts";
import { startWorker, type WorkerRequest } from "../../../../src/doors/mcp/front/worker-process.ts";
import { stopReason } from "../../../../src/doors/stop-signal.ts";
import { realClock } from "../../../../src/host/clock.ts";
import { silentLog } from "../../../../src/host/log.ts";
import { initialize } from "../connect.ts";
import { httpClient } from "../http/connect.ts";

const program = join(import.meta.dirname, "planted-worker.mjs");
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function plant() {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-front-"));
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  process.env.CALLS = calls;
  ends.unshift(async () => {
    delete process.env.CALLS;
    rmSync(folder, { recursive: true, force: true });
  });
  const made = (name: string): number[] =>
    readFileSync(calls, "utf8")
      .split("\n")
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => Number(line.split(" ")[1]));
  return {
    folder,
    made,
    /** The process in which a call of `name` runs, as soon as there is one. */
    async worker(name: string): Promise<number> {
      for (;;) {
        const [pid] = made(name);
        if (pid !== undefined) return pid;
        await realClock.sleep(20);
      }
    },
    start: (request: WorkerRequest) => startWorker(request, realClock, program),
  };
}

type Era = "legacy" | "modern";
type Plant = ReturnType<typeof plant>;

async function overStdio(planted: Plant, era: Era): Promise<Client> {
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  const ended = serveStdioFront({
    stdin: toServer,
    stdout: fromServer,
    log: silentLog,
    clock: realClock,
    signal: new AbortController().signal,
    start: () => planted.start({ mode: "stdio", options: { folder: planted.folder } }),
  });
  ends.unshift(async () => {
    toServer.end();
    expect(await ended).toBe(0);
  });
  const client = new Client(
    { name: "t", version: "1" },
    era === "modern" ? { versionNegotiation: { mode: "auto" } } : {},
  );
  await client.connect(new StdioServerTransport(fromServer, toServer));
  return client;
}

async function overHttp(planted: Plant, era: Era): Promise<Client> {
  const stop = new AbortController();
  let ended: Promise<number> = Promise.resolve(0);
  const url = await new Promise<string>((resolve) => {
    ended = serveHttpFront(
      { host: "127.0.0.1", port: 0, names: [], tokens: {} },
      {
        log: silentLog,
        clock: realClock,
        signal: stop.signal,
        start: (socket) => planted.start({ mode: "http", options: { folder: planted.folder }, socket }),
        listening: resolve,
      },
    );
  });
  const { client } = await httpClient(url, { era });
  ends.unshift(async () => {
    await client.close();
    stop.abort(stopReason("SIGTERM"));
    expect(await ended).toBe(143);
  });
  return client;
}

describe.each([
  ["stdio", "legacy", overStdio],
  ["stdio", "modern", overStdio],
  ["http", "legacy", overHttp],
  ["http", "modern", overHttp],
] as const)("%s, %s era", (_transport, era, connect) => {
  test("a call that may have taken effect ends with an error, once; the next one succeeds", async () => {
    const planted = plant();
    const client = await connect(planted, era);
    const call = client.callTool({ name: "createE2bSandbox" });
    process.kill(await planted.worker("createE2bSandbox"), "SIGKILL");
    await expect(call).rejects.toMatchObject({ code: -32603, data: { restarted: true } });
    const next = await client.callTool({ name: "getVersion" });
    expect(next.structuredContent).toEqual({ version: "1", node: "20", e2bSdk: "2" });
    expect(planted.made("createE2bSandbox")).toHaveLength(1);
  });

  test("a call that only looks is asked again", async () => {
    const planted = plant();
    const client = await connect(planted, era);
    const call = client.callTool({ name: "listE2bSandboxes" }, { onprogress: () => undefined });
    process.kill(await planted.worker("listE2bSandboxes"), "SIGKILL");
    expect((await call).structuredContent).toEqual({ sandboxes: [], total: 0 });
    expect(new Set(planted.made("listE2bSandboxes")).size).toBe(2);
  });
});

test("a host that reads slowly loses nothing, and neither does one that writes faster than it is served", async () => {
  const planted = plant();
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  const ended = serveStdioFront({
    stdin: toServer,
    stdout: fromServer,
    log: silentLog,
    clock: realClock,
    signal: new AbortController().signal,
    start: () => planted.start({ mode: "stdio", options: { folder: planted.folder } }),
  });
  const padding = "x".repeat(1_000);
  toServer.write(`${JSON.stringify(initialize)}\n`);
  const ids = Array.from({ length: 3_000 }, (_, id) => id);
  for (const id of ids)
    toServer.write(`{"jsonrpc":"2.0","id":${id},"method":"ping","params":{"_meta":{"p":"${padding}"}}}\n`);
  await realClock.sleep(500);
  const seen: unknown[] = [];
  let rest = "";
  for await (const chunk of fromServer) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) seen.push(JSON.parse(line).id);
    if (seen.length > ids.length) break;
  }
  expect(seen).toEqual(["init", ...ids]);
  toServer.end();
  expect(await ended).toBe(0);
});

test("workers that die at once are given up: requests get an error and the exit code is 1", async () => {
  const planted = plant();
  process.env.DIES = "yes";
  ends.unshift(async () => delete process.env.DIES);
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  // A clock without pauses: ten deaths in a row are what counts.
  const clock = { ...realClock, sleep: async () => undefined };
  const ended = serveStdioFront({
    stdin: toServer,
    stdout: fromServer,
    log: silentLog,
    clock,
    signal: new AbortController().signal,
    start: () => planted.start({ mode: "stdio", options: {} }),
  });
  toServer.write('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"getVersion"}}\n');
  expect(await ended).toBe(1);
  expect(JSON.parse(String(fromServer.read()))).toMatchObject({ id: 1, error: { code: -32603 } });
});
