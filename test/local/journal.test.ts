// What a killed server held is named by its successor, and nothing else is.
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox, SandboxNotFoundError } from "e2b/dist/index.mjs";
import { identify, isAlive } from "../../src/host/process-identity.ts";
import { ensureLocalServer, stopLocalServer } from "../../src/local/daemon.ts";
import { openJournal, readLost } from "../../src/local/journal.ts";
import { localHome } from "../../src/local/home.ts";
import { runningRecord } from "../../src/local/server-record.ts";
import { limits } from "../../src/local/limits.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync("/tmp/e2bt-");
  chmodSync(folder, 0o711);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("names what was held when nobody closed it, a torn last line apart", () => {
  const file = join(folder, "journal");
  const first = openJournal(file);
  expect([...first.lost]).toEqual([]);
  for (const id of ["ia", "ib", "ib", "ic"]) first.started(id);
  first.ended("ib");
  first.ended("inever");
  appendFileSync(file, "+ihalf");
  const second = openJournal(file);
  expect([...second.lost]).toEqual(["ia", "ic"]);
  expect(readLost(file)).toEqual(["ia", "ic"]);
  second.started("id");
  expect([...openJournal(file).lost]).toEqual(["ia", "ic", "id"]);
  openJournal(file).close();
  expect(existsSync(file)).toBe(false);
  expect([...openJournal(file).lost]).toEqual([]);
});

it("does not grow with what came and went", () => {
  const file = join(folder, "journal");
  const journal = openJournal(file);
  journal.started("istays");
  for (let n = 0; n < limits.journalLines; n++) {
    journal.started(`i${n}`);
    journal.ended(`i${n}`);
  }
  expect(readFileSync(file, "utf8").split("\n").length).toBeLessThan(limits.journalLines + 2);
  expect([...openJournal(file).lost]).toEqual(["istays"]);
});

it("the next server says which sandboxes the killed one took along", async () => {
  const env = { ...process.env, E2B_SWARM_HOME: join(folder, "home"), TMPDIR: folder };
  const options = { env, isolation: "none", spares: 0 } as const;
  try {
    const server = await ensureLocalServer(options);
    const to = { apiUrl: server.url, sandboxUrl: server.url, apiKey: server.apiKey };
    const lost = await Sandbox.create("base", to);
    const killed = await Sandbox.create("base", to);
    await killed.kill();
    const identity = identify(server.pid);
    process.kill(server.pid, "SIGKILL");
    await expect.poll(() => identity !== null && isAlive(identity), { timeout: 10_000 }).toBe(false);
    const next = await ensureLocalServer(options);
    const now = { apiUrl: next.url, sandboxUrl: next.url, apiKey: next.apiKey };
    expect(runningRecord(localHome(env))).toMatchObject({ lost: [lost.sandboxId] });
    await expect(Sandbox.connect(lost.sandboxId, now)).rejects.toBeInstanceOf(SandboxNotFoundError);
    const ask = async (id: string): Promise<unknown> =>
      (await fetch(`${next.url}/sandboxes/${id}`, { headers: { "x-api-key": next.apiKey } })).json();
    const plain = `Sandbox "${lost.sandboxId}" doesn't exist or you don't have access to it`;
    expect(await ask(lost.sandboxId)).toEqual({
      code: 404,
      error_code: "sandbox_lost",
      message: `${plain}: it was lost when the local server that ran it was killed`,
    });
    expect(await ask(killed.sandboxId)).not.toHaveProperty("error_code");
  } finally {
    await stopLocalServer({ env });
  }
  expect(existsSync(localHome(env).sandboxesFile)).toBe(false);
}, 60_000);
