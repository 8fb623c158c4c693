// `e2b-swarm serve` as a process of its own, started from dist/ as users start it.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { auditPath } from "../../../src/doors/serve/audit.ts";

const cli = join(import.meta.dirname, "../../../dist/cli/main.js");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-serve-"));
  folders.push(folder);
  return folder;
}

function start(words: readonly string[], folder = scratch(), env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [cli, "serve", ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: folder, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  const url = new Promise<string>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
      const found = /Serving at (\S+)/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, url, ended };
}

test("serves the page with its files, ends on a signal with a stream open, and its audit log holds until it is changed", async () => {
  const folder = scratch();
  const token = "t".repeat(40);
  const server = start([], folder, { E2B_SWARM_MCP_TOKEN: token });
  const url = await server.url;
  expect((await fetch(`${url}api/swarms`)).status).toBe(401);
  const headers = { authorization: `Bearer ${token}` };
  expect(await (await fetch(url, { headers })).text()).toContain("This record knows no swarm");
  for (const file of ["app.js", "app.css"]) expect((await fetch(url + file)).status).toBe(200);
  const stream = await fetch(`${url}api/events`, { headers });
  expect(stream.status).toBe(200);
  server.child.kill("SIGTERM");
  await stream.text().catch(() => "");
  const { code, stdout, stderr } = await server.ended;
  expect([code, stdout, stderr.includes(token)]).toEqual([143, "", false]);
  const holds = await start(["--verify-audit", "--json"], folder).ended;
  expect([holds.code, JSON.parse(holds.stdout).data]).toMatchObject([0, { holds: true, lines: 1, torn: 0 }]);
  writeFileSync(auditPath(folder), readFileSync(auditPath(folder), "utf8").replace("401", "200"));
  const changed = await start(["--verify-audit"], folder).ended;
  expect([changed.code, changed.stderr]).toEqual([7, expect.stringContaining("[evidence.mismatch]")]);
});

test("refusals: beyond this machine without tokens, a taken port, a number that is none, an id that is none", async () => {
  const open = await start(["--host", "0.0.0.0"]).ended;
  expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("[server.unguarded]")]);
  const server = start([]);
  const { port } = new URL(await server.url);
  const taken = await start(["--port", port]).ended;
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining("[server.port]")]);
  server.child.kill("SIGINT");
  expect((await server.ended).code).toBe(130);
  for (const words of [
    ["--port", "70000"],
    ["--rate", "0"],
    ["--swarm", "other"],
  ]) {
    const wrong = await start(words).ended;
    expect([words, wrong.code, wrong.stderr]).toEqual([words, 2, expect.stringContaining("serve --help")]);
  }
});
