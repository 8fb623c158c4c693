// The record without a disk, for simulation and tests: the same words, versions, sequence and expiry as the durable one.
import type { Entry, RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { checkName, draft, type Draft } from "./draft.ts";
import { maxListed, maxSwept, tombstoneMs, writesPerSweep } from "./limits.ts";
import { live, type Stored } from "./rows.ts";

interface Namespace {
  seq: number;
  floor: number;
  readonly rows: Map<string, Stored>;
}

/** A store that lives as long as its process. */
export function openMemoryStore({ clock }: { readonly clock: Clock }): RecordStore {
  const namespaces = new Map<string, Namespace>();
  let closed = false;
  let writes = 0;
  const open = (name: string): Namespace => {
    const space = namespaces.get(name) ?? { seq: 0, floor: 0, rows: new Map<string, Stored>() };
    namespaces.set(name, space);
    return space;
  };
  const find = (namespace: string, key: string): Entry | null =>
    live(namespaces.get(namespace)?.rows.get(key) ?? null, clock.nowMs());
  const ready = (): void => {
    if (closed)
      throw new SwarmError("memory.unavailable", "Cannot use the record: it is closed", { hint: "Open it again" });
  };
  const write = (wanted: Draft): Entry => {
    const nowMs = clock.nowMs();
    if (writes++ % writesPerSweep === 0) for (const space of namespaces.values()) sweep(space, nowMs);
    return putRow(open(wanted.namespace), wanted, nowMs);
  };

  return {
    async get(namespace, key) {
      ready();
      return find(namespace, key);
    },
    async put(namespace, key, value, options) {
      ready();
      return write(draft(namespace, key, value, options));
    },
    async compareAndSet(namespace, key, version, value, options) {
      ready();
      const wanted = draft(namespace, key, value, options);
      const current = find(namespace, key);
      if ((current?.version ?? 0) !== version) return { outcome: "conflict", current };
      return { outcome: "written", entry: write(wanted) };
    },
    async delete(namespace, key, writer) {
      ready();
      checkName("writer", writer);
      const space = namespaces.get(namespace);
      return space !== undefined && removeRow(space, key, writer, clock.nowMs());
    },
    async list(namespace, prefix = "") {
      ready();
      return listRows(namespaces.get(namespace), prefix, clock.nowMs());
    },
    async deleteNamespace(namespace) {
      ready();
      const space = namespaces.get(namespace);
      return space === undefined ? 0 : clearRows(space, clock.nowMs());
    },
    async close() {
      closed = true;
    },
  };
}

function putRow(space: Namespace, wanted: Draft, nowMs: number): Entry {
  const { namespace, key, text, writer, sha256, bytes, ttlMs } = wanted;
  const entry: Omit<Entry, "value"> = {
    namespace,
    key,
    writer,
    sha256,
    bytes,
    version: (space.rows.get(key)?.version ?? space.floor) + 1,
    seq: ++space.seq,
    writtenAtMs: nowMs,
    expiresAtMs: ttlMs === null ? null : nowMs + ttlMs,
  };
  space.rows.set(key, { ...entry, text });
  return { ...entry, value: JSON.parse(text) };
}

function removeRow(space: Namespace, key: string, writer: string, nowMs: number): boolean {
  const row = space.rows.get(key);
  if (row === undefined || row.text === null) return false;
  const fresh = { text: null, sha256: "", bytes: 0, writtenAtMs: nowMs, expiresAtMs: null };
  space.rows.set(key, { ...row, ...fresh, writer, seq: ++space.seq });
  return isLive(row, nowMs);
}

function listRows(space: Namespace | undefined, prefix: string, nowMs: number): readonly Entry[] {
  const rows = [...(space?.rows.values() ?? [])].filter((row) => row.key.startsWith(prefix) && isLive(row, nowMs));
  if (rows.length > maxListed) {
    throw new SwarmError("memory.too-large", `Cannot list ${prefix}*: more than ${maxListed} entries`, {
      hint: "Use a longer prefix",
    });
  }
  // SQLite orders by UTF-8 bytes; JavaScript would order by UTF-16 units.
  rows.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  return rows.map((row) => live(row, nowMs)).filter((entry) => entry !== null);
}

function clearRows(space: Namespace, nowMs: number): number {
  const rows = [...space.rows.values()];
  for (const row of rows) space.floor = Math.max(space.floor, row.version);
  space.rows.clear();
  space.seq++;
  return rows.filter((row) => isLive(row, nowMs)).length;
}

function sweep(space: Namespace, nowMs: number): void {
  let swept = 0;
  for (const row of space.rows.values()) {
    if (swept >= maxSwept) return;
    if (isLive(row, nowMs)) continue;
    swept++;
    if (row.text === null && row.writtenAtMs <= nowMs - tombstoneMs) {
      space.floor = Math.max(space.floor, row.version);
      space.rows.delete(row.key);
    } else if (row.text !== null) {
      space.rows.set(row.key, { ...row, text: null, sha256: "", bytes: 0, expiresAtMs: null });
    }
  }
}

function isLive(row: Stored, nowMs: number): boolean {
  return row.text !== null && (row.expiresAtMs === null || row.expiresAtMs > nowMs);
}
