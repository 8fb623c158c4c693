import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock, simulatedClock } from "../../src/host/clock.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { conformance, subjectOn } from "./conformance.ts";
import { coordinationConformance, trimmingConformance } from "./conformance-coordination.ts";

const by = { writer: "tester", ttlSeconds: null } as const;
const writer = join(import.meta.dirname, "writer.mjs");
let folder = "";
let made = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "swarm-memory-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const freshPath = (): string => join(folder, `record-${made++}`, "record.db");

const openFresh = () => subjectOn((clock) => openSqliteStore({ path: freshPath(), clock }));
conformance("the SQLite store", openFresh);
coordinationConformance("the SQLite store", openFresh);
trimmingConformance("the SQLite store", openFresh);

async function rawDatabase(path: string) {
  const { default: Database } = await import("libsql");
  return new Database(path);
}

describe("the SQLite store on disk", () => {
  it("is private, durable and found again by the next process", async () => {
    const path = freshPath();
    const store = await openSqliteStore({ path, clock: simulatedClock() });
    const entry = await store.put("a", "x", { kept: true }, by);
    const modes = [join(path, ".."), path, `${path}-wal`].map((name) => statSync(name).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    await store.close();
    const again = await openSqliteStore({ path, clock: simulatedClock() });
    expect(await again.get("a", "x")).toEqual(entry);
    await again.close();
  });

  it("says which value was altered behind its back", async () => {
    const path = freshPath();
    const store = await openSqliteStore({ path, clock: simulatedClock() });
    await store.put("a", "x", { price: 1 }, by);
    await store.put("a", "y", { price: 1 }, by);
    const raw = await rawDatabase(path);
    raw.prepare(`UPDATE log SET text = '{"price":2}' WHERE key = 'x'`).run();
    raw.close();
    const corrupt = { code: "memory.corrupt", details: { namespace: "a", key: "x", version: 1 } };
    await expect(store.get("a", "x")).rejects.toMatchObject(corrupt);
    await expect(store.list("a")).rejects.toMatchObject(corrupt);
    const [bad, good] = await Promise.allSettled([
      store.compareAndSet("a", "x", 9, 3, by),
      store.compareAndSet("a", "y", 1, 3, by),
    ]);
    expect([bad, good]).toMatchObject([
      { status: "rejected", reason: { code: "memory.corrupt" } },
      { status: "fulfilled", value: { outcome: "written" } },
    ]);
    expect(await store.put("a", "x", { price: 3 }, by)).toMatchObject({ version: 2 });
    expect(await store.get("a", "x")).toMatchObject({ value: { price: 3 } });
    await store.close();
  });

  it("refuses a file of a newer version, and one that is no database, and leaves both as they were", async () => {
    const newer = freshPath();
    await (await openSqliteStore({ path: newer, clock: simulatedClock() })).close();
    const raw = await rawDatabase(newer);
    raw.prepare("UPDATE schema_version SET version = 99").run();
    raw.close();
    await expect(openSqliteStore({ path: newer, clock: simulatedClock() })).rejects.toMatchObject({
      code: "state.newer",
      details: { version: 99, known: 2 },
    });
    const foreign = join(folder, "foreign.db");
    writeFileSync(foreign, "a letter, not a database ".repeat(400));
    const before = readFileSync(foreign);
    await expect(openSqliteStore({ path: foreign, clock: simulatedClock() })).rejects.toMatchObject({
      code: "state.corrupt",
    });
    expect(readFileSync(foreign)).toEqual(before);
  });

  it("takes over a file of version 1 with its versions, positions and tombstones", async () => {
    const path = freshPath();
    mkdirSync(join(path, ".."));
    const raw = await rawDatabase(path);
    raw.exec(`
      CREATE TABLE schema_version (version INTEGER NOT NULL);
      INSERT INTO schema_version VALUES (1);
      CREATE TABLE namespaces (namespace TEXT PRIMARY KEY, seq INTEGER NOT NULL, version_floor INTEGER NOT NULL) WITHOUT ROWID;
      INSERT INTO namespaces VALUES ('a', 9, 0);
      CREATE TABLE entries (namespace TEXT NOT NULL, key TEXT NOT NULL, text TEXT, version INTEGER NOT NULL,
        seq INTEGER NOT NULL, writer TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
        written_at_ms INTEGER NOT NULL, expires_at_ms INTEGER, PRIMARY KEY (namespace, key)) WITHOUT ROWID;
      CREATE INDEX entries_expiry ON entries (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
      INSERT INTO entries VALUES ('a', 'x', '1', 4, 8, 'w', '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', 1, 5, NULL);
      INSERT INTO entries VALUES ('a', 'gone', NULL, 3, 9, 'w', '', 0, 5, NULL);
    `);
    raw.close();
    const store = await openSqliteStore({ path, clock: simulatedClock() });
    expect(await store.list("a")).toMatchObject([{ key: "x", value: 1, version: 4, seq: 8, writtenAtMs: 5 }]);
    expect(await store.put("a", "gone", 2, by)).toMatchObject({ version: 4, seq: 10 });
    expect(await store.put("a", "x", 2, by)).toMatchObject({ version: 5, seq: 11 });
    await store.close();
  });

  it("fails as a whole when the disk is full, and keeps what was acknowledged", async () => {
    const path = freshPath();
    const store = await openSqliteStore({ path, clock: simulatedClock(), maxBytes: 200_000 });
    await store.put("a", "small", 1, by);
    const large = await store.put("a", "large", "v".repeat(500_000), by).catch((thrown: unknown) => thrown);
    expect(large).toMatchObject({ code: "state.unwritable", details: { path, reason: "SQLITE_FULL" } });
    expect((await store.list("a")).map(({ key }) => key)).toEqual(["small"]);
    expect((await store.put("a", "next", 2, by)).seq).toBe(2);
    await store.close();
  });

  it("says that a folder cannot be written", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const path = join(file, "record.db");
    await expect(openSqliteStore({ path, clock: simulatedClock() })).rejects.toMatchObject({
      code: "state.unwritable",
      details: { path },
    });
  });

  it("says that a folder is read-only for an ordinary user", () => {
    const locked = join(folder, "locked");
    mkdirSync(locked);
    chmodSync(folder, 0o755);
    const self = process.getuid?.() ?? 0;
    if (self === 0) chownSync(locked, 65_534, 65_534);
    chmodSync(locked, 0o500);
    const path = join(locked, "record.db");
    const code = `
      import { mkdirSync, openSync } from "node:fs";
      process.setgid?.(${self === 0 ? 65_534 : "process.getgid()"}); process.setuid?.(${self === 0 ? 65_534 : "process.getuid()"});
      await openSqliteStore({ path: ${JSON.stringify(path)}, clock: realClock }).then(() => console.log("opened"), (e) => console.log(e.code + " " + e.details.reason));`;
    const store = join(import.meta.dirname, "../../dist/src/memory/sqlite-store.js");
    const clock = join(import.meta.dirname, "../../dist/src/host/clock.js");
    const imports = `import { openSqliteStore } from ${JSON.stringify(store)}; import { realClock } from ${JSON.stringify(clock)};`;
    const ran = spawnSync(process.execPath, ["--input-type=module", "-e", imports + code], { encoding: "utf8" });
    chmodSync(locked, 0o700);
    expect(ran.stdout.trim()).toBe("state.unwritable EACCES");
  });
});

describe("several processes on one record", () => {
  it("loses no acknowledged write when a writer is killed", async () => {
    const path = freshPath();
    await (await openSqliteStore({ path, clock: realClock })).close();
    const child = spawn(process.execPath, [writer, "put", path, "victim"], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      if (said.length > 4_000) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    const acknowledged = said.slice(0, said.lastIndexOf("\n")).split("\n");
    expect(acknowledged.length).toBeGreaterThan(100);
    const store = await openSqliteStore({ path, clock: realClock });
    const kept = new Set((await store.list("race")).map(({ key }) => key));
    expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
    await store.close();
  });

  it("lets two processes count on one key without losing a step", async () => {
    const path = freshPath();
    const store = await openSqliteStore({ path, clock: realClock });
    const children = ["one", "two"].map((name) =>
      spawn(process.execPath, [writer, "count", path, name, "50"], { stdio: ["ignore", "inherit", "inherit"] }),
    );
    const ends = await Promise.all(children.map((child) => once(child, "close")));
    expect(ends.map(([code]) => code)).toEqual([0, 0]);
    expect(await store.get("race", "counter")).toMatchObject({ value: 100, version: 100, seq: 100 });
    await store.close();
  });
});
