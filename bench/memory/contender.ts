// Who is measured: the record through its public door, and the bare driver doing the least that is as durable.
import { createRequire } from "node:module";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { openDriver, type Driver } from "../../src/memory/sqlite/driver.ts";

export interface Contender {
  readonly name: string;
  put(key: string, value: object): Promise<void> | void;
  get(key: string): Promise<unknown>;
  /** One step of a counter under compare-and-set. */
  step(key: string): Promise<void> | void;
}

export function recordContender(name: string, store: RecordStore): Contender {
  const by = { writer: "bench", ttlSeconds: null } as const;
  const versions = new Map<string, number>();
  return {
    name,
    put: async (key, value) => void (await store.put("bench", key, { ...value }, by)),
    get: (key) => store.get("bench", key),
    async step(key) {
      const version = versions.get(key) ?? 0;
      const set = await store.compareAndSet("bench", key, version, { n: version, pad }, by);
      if (set.outcome === "conflict") throw new Error("nobody else writes this key");
      versions.set(key, set.entry.version);
    },
  };
}

const pad = "p".repeat(240);

/** WAL, synchronous = FULL, one transaction per write, one table with a version: nothing that the record adds. */
export function rawContender(name: string, driver: Driver): Contender {
  driver.exec("CREATE TABLE kv (key TEXT PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID");
  const put = driver.prepare(
    "INSERT INTO kv VALUES (?, ?, 1) ON CONFLICT (key) DO UPDATE SET text = excluded.text, version = version + 1",
  );
  const get = driver.prepare("SELECT text, version FROM kv WHERE key = ?");
  const set = driver.prepare(
    "UPDATE kv SET text = ?, version = version + 1 WHERE key = ? AND version = ? RETURNING version",
  );
  const versions = new Map<string, number>();
  return {
    name,
    put: (key, value) => put.run(key, JSON.stringify(value)),
    async get(key) {
      const row = get.get(key);
      return typeof row?.text === "string" ? JSON.parse(row.text) : null;
    },
    step(key) {
      const version = versions.get(key);
      if (version === undefined) {
        put.run(key, JSON.stringify({ n: 0, pad }));
        versions.set(key, 1);
        return;
      }
      // All rows are taken, or the statement would not be finished and its transaction not committed.
      const [row] = set.all(JSON.stringify({ n: version, pad }), key, version);
      if (typeof row?.version !== "number") throw new Error("nobody else writes this key");
      versions.set(key, row.version);
    },
  };
}

export async function openRawLibsql(path: string): Promise<Driver> {
  closeSync(openSync(path, "a", 0o600));
  return durable(await openDriver(path));
}

/** better-sqlite3 is no dependency: it is measured where somebody has installed it. */
export function openRawBetterSqlite(folder: string, path: string): Driver {
  const Database: new (path: string) => Driver = createRequire(join(folder, "package.json"))("better-sqlite3");
  return durable(new Database(path));
}

function durable(driver: Driver): Driver {
  driver.pragma("journal_mode = WAL");
  driver.pragma("synchronous = FULL");
  return driver;
}
