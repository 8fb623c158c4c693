// Several processes on one record file: who owns it, what the others hear, and what happens when the owner stops.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Change } from "../../src/contracts/record-store.ts";
import { realClock } from "../../src/host/clock.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";

const by = { writer: "tester" } as const;
let folder = "";
let path = "";
let owner: ChildProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "swarm-owner-"));
  path = join(folder, "record.db");
  owner = spawn(process.execPath, [join(import.meta.dirname, "../../dist/bench/memory/owner.js"), path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(owner.stdout!, "data");
});
afterEach(async () => {
  if (owner.exitCode === null && owner.signalCode === null) {
    owner.kill("SIGKILL");
    await once(owner, "close");
  }
  rmSync(folder, { recursive: true, force: true });
});

it("writes through the owner, hears of its commits, and takes over when it ends well, without losing a word", async () => {
  const [one, two] = [
    await openSqliteStore({ path, clock: realClock }),
    await openSqliteStore({ path, clock: realClock }),
  ];
  const seen: Change[] = [];
  const watching = (async () => {
    for await (const change of two.watch("a", { from: 0 })) if (seen.push(change) >= 40) break;
  })();
  await Promise.all(Array.from({ length: 20 }, (_, i) => one.put("a", `k${i}`, i, by)));
  const during = Array.from({ length: 20 }, (_, i) => one.put("a", `l${i}`, i, by));
  owner.stdin!.end();
  const [code] = await once(owner, "close");
  expect(code).toBe(0);
  const settled = await Promise.allSettled(during);
  expect(settled.filter(({ status }) => status === "rejected")).toEqual([]);
  await watching;
  expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(await two.put("a", "after", 1, by)).toMatchObject({ seq: 41 });
  await Promise.all([one.close(), two.close()]);
  expect([existsSync(`${path}.owner`), existsSync(`${path}.sock`)]).toEqual([false, false]);
});

it("says that an answer is lost when the owner is killed, and goes on without it", async () => {
  const store = await openSqliteStore({ path, clock: realClock });
  await store.put("a", "before", 1, by);
  const puts = Array.from({ length: 200 }, (_, i) => store.put("a", `k${i}`, i, by));
  owner.kill("SIGKILL");
  const settled = await Promise.allSettled(puts);
  const codes = settled.map((one) => (one.status === "rejected" ? String(one.reason.code) : "acknowledged"));
  expect(codes.filter((code) => code !== "acknowledged" && code !== "memory.indeterminate")).toEqual([]);
  for (const [i, code] of codes.entries()) {
    if (code === "acknowledged") expect(await store.get("a", `k${i}`)).toMatchObject({ value: i });
  }
  expect(await store.put("a", "after", 1, by)).toMatchObject({ key: "after" });
  await store.close();
});

it("does not wait for an owner that is stopped", async () => {
  const store = await openSqliteStore({ path, clock: realClock });
  await store.put("a", "before", 1, by);
  owner.kill("SIGSTOP");
  await expect(store.put("a", "x", 1, by)).rejects.toMatchObject({ code: "memory.indeterminate" });
  expect(await store.put("a", "after", 1, by)).toMatchObject({ key: "after" });
  await store.close();
});
