// The statements over the tables. Every method that writes must run inside a transaction.
import type { Entry } from "../contracts/record-store.ts";
import { invariant } from "../contracts/invariant.ts";
import type { Draft } from "./draft.ts";
import type { Driver } from "./driver.ts";
import { maxSwept, tombstoneMs } from "./limits.ts";
import { integer, stored, text, type Stored } from "./rows.ts";

export interface Table {
  find(namespace: string, key: string): Stored | null;
  /** Rows that are neither deleted nor expired, by key. */
  list(namespace: string, prefix: string, nowMs: number, limit: number): readonly Stored[];
  put(draft: Draft, nowMs: number): Entry;
  remove(namespace: string, key: string, writer: string, nowMs: number): boolean;
  /** Number of live entries removed. */
  removeNamespace(namespace: string, nowMs: number): number;
  /** Clears a bounded number of expired values and forgotten tombstones. */
  sweep(nowMs: number): void;
}

const liveRow = "text IS NOT NULL AND (expires_at_ms IS NULL OR expires_at_ms > ?)";

export function openTable(driver: Driver): Table {
  const find = driver.prepare("SELECT * FROM entries WHERE namespace = ? AND key = ?");
  const list = driver.prepare(
    `SELECT * FROM entries WHERE namespace = ? AND key >= ? AND substr(key, 1, length(?)) = ? AND ${liveRow} ORDER BY key LIMIT ?`,
  );
  const nextSeq = driver.prepare(
    `INSERT INTO namespaces VALUES (?, 1, 0) ON CONFLICT (namespace) DO UPDATE SET seq = seq + 1
     RETURNING seq, version_floor`,
  );
  const upsert = driver.prepare("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const countLive = driver.prepare(`SELECT count(*) AS n FROM entries WHERE namespace = ? AND ${liveRow}`);
  const highest = driver.prepare("SELECT coalesce(max(version), 0) AS version FROM entries WHERE namespace = ?");
  const clear = driver.prepare("DELETE FROM entries WHERE namespace = ?");
  const raiseFloor = driver.prepare(
    "UPDATE namespaces SET version_floor = max(version_floor, ?), seq = seq + ? WHERE namespace = ?",
  );
  const found = (namespace: string, key: string): Stored | null => {
    const row = find.get(namespace, key);
    return row === null ? null : stored(row);
  };
  const advance = (namespace: string): { seq: number; floor: number } => {
    const row = nextSeq.get(namespace);
    invariant(row !== null, "a namespace row was returned");
    return { seq: integer(row, "seq"), floor: integer(row, "version_floor") };
  };

  return {
    find: found,
    list: (namespace, prefix, nowMs, limit) =>
      list.all(namespace, prefix, prefix, prefix, nowMs, limit).map((row) => stored(row)),
    put(draft, nowMs) {
      const { namespace, key, text: value, writer, sha256, bytes, ttlMs } = draft;
      const { seq, floor } = advance(namespace);
      const version = (found(namespace, key)?.version ?? floor) + 1;
      const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
      upsert.run(namespace, key, value, version, seq, writer, sha256, bytes, nowMs, expiresAtMs);
      const times = { writtenAtMs: nowMs, expiresAtMs };
      return { namespace, key, value: JSON.parse(value), version, seq, writer, sha256, bytes, ...times };
    },
    remove(namespace, key, writer, nowMs) {
      const row = found(namespace, key);
      if (row === null || row.text === null) return false;
      const wasLive = row.expiresAtMs === null || row.expiresAtMs > nowMs;
      const { seq } = advance(namespace);
      upsert.run(namespace, key, null, row.version, seq, writer, "", 0, nowMs, null);
      return wasLive;
    },
    removeNamespace(namespace, nowMs) {
      const removed = countLive.get(namespace, nowMs);
      const top = highest.get(namespace);
      invariant(removed !== null && top !== null, "an aggregate has a row");
      clear.run(namespace);
      raiseFloor.run(integer(top, "version"), 1, namespace);
      return integer(removed, "n");
    },
    sweep: openSweep(driver, (namespace, version) => raiseFloor.run(version, 0, namespace)),
  };
}

function openSweep(driver: Driver, raiseFloor: (namespace: string, version: number) => void): Table["sweep"] {
  const expired = driver.prepare("SELECT * FROM entries WHERE expires_at_ms <= ? LIMIT ?");
  const bury = driver.prepare(
    "UPDATE entries SET text = NULL, sha256 = '', bytes = 0, expires_at_ms = NULL WHERE namespace = ? AND key = ?",
  );
  const buried = driver.prepare(
    "SELECT namespace, key, version FROM entries WHERE text IS NULL AND written_at_ms <= ? LIMIT ?",
  );
  const forget = driver.prepare("DELETE FROM entries WHERE namespace = ? AND key = ?");
  return (nowMs) => {
    for (const row of expired.all(nowMs, maxSwept)) bury.run(text(row, "namespace"), text(row, "key"));
    for (const row of buried.all(nowMs - tombstoneMs, maxSwept)) {
      forget.run(text(row, "namespace"), text(row, "key"));
      raiseFloor(text(row, "namespace"), integer(row, "version"));
    }
  };
}
