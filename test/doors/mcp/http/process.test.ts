// `e2b-swarm mcp --http` as a process of its own, started from dist/ as users start it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { identify, isAlive, type ProcessIdentity } from "../../../../src/host/process-identity.ts";
import { httpClient, post } from "./connect.ts";

const cli = join(import.meta.dirname, "../../../../dist/cli/main.js");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-http-"));
  folders.push(folder);
  return folder;
}

function start(words: readonly string[], folder = scratch(), env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [cli, "mcp", ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: folder, ...env },
  });
  let stderr = "";
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  const url = new Promise<string>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
      const found = /Serving MCP at (\S+)/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const ended = new Promise<{ code: number | null; stderr: string; stdout: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stderr, stdout }));
  });
  return { child, url, ended };
}

/** The one process that a front started, and not merely its pid. */
function workerOf({ pid }: ChildProcess): ProcessIdentity {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  const workers = children.map((child) => identify(Number(child))).filter((one) => one !== null);
  expect(workers).toHaveLength(1);
  const [worker] = workers;
  if (worker === undefined) throw new Error("no worker");
  expect(readFileSync(`/proc/${worker.pid}/cmdline`, "utf8")).toContain("/doors/mcp/worker.js");
  return worker;
}

const gone = (worker: ProcessIdentity) => expect.poll(() => isAlive(worker), { timeout: 20_000 }).toBe(false);

test("serves, survives the end of its worker, and ends with 143 leaving nothing behind", async () => {
  const [folder, temporary] = [scratch(), scratch()];
  const server = start(["--http", "--port", "0"], folder, { TMPDIR: temporary });
  const { client } = await httpClient(await server.url);
  expect((await client.callTool({ name: "getVersion" })).isError).toBeUndefined();
  expect(readdirSync(temporary)).toHaveLength(1);
  const first = workerOf(server.child);
  process.kill(first.pid, "SIGKILL");
  expect((await client.callTool({ name: "getVersion" })).isError).toBeUndefined();
  const second = workerOf(server.child);
  expect(second).not.toEqual(first);
  await client.close();
  server.child.kill("SIGTERM");
  const { code, stdout } = await server.ended;
  expect([code, stdout]).toEqual([143, ""]);
  await gone(second);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a worker that is stopped by itself is followed by the next in the same place", async () => {
  const server = start(["--http", "--port", "0"]);
  const { client } = await httpClient(await server.url);
  await client.callTool({ name: "getVersion" });
  const first = workerOf(server.child);
  process.kill(first.pid, "SIGTERM");
  await gone(first);
  expect((await client.callTool({ name: "getVersion" })).isError).toBeUndefined();
  await client.close();
  server.child.kill("SIGTERM");
  expect((await server.ended).code).toBe(143);
});

test("a session outlives kill -9 of the whole server; its worker does not", async () => {
  const folder = scratch();
  const first = start(["--http", "--port", "0"], folder);
  const url = await first.url;
  const { client } = await httpClient(url);
  await client.callTool({ name: "getVersion" });
  const worker = workerOf(first.child);
  first.child.kill("SIGKILL");
  await first.ended;
  await gone(worker);
  const second = start(["--http", "--port", new URL(url).port], folder);
  expect(await second.url).toBe(url);
  expect((await client.callTool({ name: "getVersion" })).isError).toBeUndefined();
  await client.close();
  second.child.kill("SIGINT");
  expect((await second.ended).code).toBe(130);
});

test("a token of the environment is asked for, also beyond this machine", async () => {
  const token = "t".repeat(40);
  const server = start(["--http", "--port", "0", "--host", "0.0.0.0", "--allow-host", "swarm.example"], undefined, {
    E2B_SWARM_MCP_TOKEN: token,
  });
  const url = (await server.url).replace("0.0.0.0", "127.0.0.1");
  expect((await post(url, "{}")).status).toBe(401);
  const { client } = await httpClient(url, { token });
  expect((await client.callTool({ name: "getVersion" })).isError).toBeUndefined();
  await client.close();
  server.child.kill("SIGTERM");
  const { stderr } = await server.ended;
  expect(stderr).toContain("with access tokens");
  expect(stderr).not.toContain(token);
});

test("refusals: beyond this machine without tokens, a taken port, options without --http, a folder that cannot be written", async () => {
  const open = await start(["--http", "--host", "0.0.0.0", "--port", "0"]).ended;
  expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("[server.unguarded]")]);
  const plain = await start(["--port", "1"]).ended;
  expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining("it belongs to HTTP")]);
  const wrong = await start(["--http", "--port", "x"]).ended;
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("from 0 to 65535")]);
  const server = start(["--http", "--port", "0"]);
  const taken = await start(["--http", "--port", new URL(await server.url).port]).ended;
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining("[server.port]")]);
  server.child.kill("SIGTERM");
  await server.ended;
  const folder = scratch();
  writeFileSync(join(folder, ".swarm"), "in the way");
  const unwritable = await start(["--http", "--port", "0"], folder).ended;
  expect([unwritable.code, unwritable.stderr]).toEqual([1, expect.stringContaining("[state.unwritable]")]);
});
