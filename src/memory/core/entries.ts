// Steps over entries: versions per key, one sequence per namespace, a bounded log of changes. Each runs inside a
// transaction, and checks everything before its first write: a refused request leaves nothing behind.
import { invariant } from "../../contracts/invariant.ts";
import type { CompareAndSet, Entry } from "../../contracts/record-store.ts";
import type { Draft } from "./draft.ts";
import { keptChanges, maxSwept, tombstoneMs, trimEvery } from "./limits.ts";
import { integer, isLive, liveEntry, text, type Row } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";

export function* putEntry(draft: Draft, nowMs: number): Step<Entry> {
  const head = yield* rowOf("headEntry", draft.namespace, draft.key);
  return yield* writeEntry(draft, head, nowMs);
}

export function* compareAndSetEntry(draft: Draft, version: number, nowMs: number): Step<CompareAndSet> {
  const head = yield* rowOf("headEntry", draft.namespace, draft.key);
  const found = head === null || !isLive(head, nowMs) ? 0 : integer(head, "version");
  if (found === version) return { outcome: "written", entry: yield* writeEntry(draft, head, nowMs) };
  const current = liveEntry(yield* rowOf("findEntry", draft.namespace, draft.key));
  return { outcome: "conflict", current };
}

function* writeEntry(draft: Draft, head: Row | null, nowMs: number): Step<Entry> {
  const { namespace, key, text: value, writer, sha256, bytes, ttlMs } = draft;
  const { seq, floor } = yield* advance(namespace);
  const version = (head === null ? floor : integer(head, "version")) + 1;
  const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
  yield* rowsOf("setEntry", namespace, key, version, seq, 1, nowMs, expiresAtMs);
  yield* append({ namespace, seq, key, kind: "put", version, writer, nowMs }, { value, sha256, bytes, expiresAtMs });
  yield* supersede(namespace, seq, head);
  const times = { writtenAtMs: nowMs, expiresAtMs };
  return { namespace, key, value: JSON.parse(value), version, seq, writer, sha256, bytes, ...times };
}

export function* deleteEntry(at: { namespace: string; key: string; writer: string }, nowMs: number): Step<boolean> {
  const { namespace, key, writer } = at;
  const head = yield* rowOf("headEntry", namespace, key);
  if (head === null || integer(head, "live") === 0) return false;
  const { seq } = yield* advance(namespace);
  const version = integer(head, "version");
  yield* rowsOf("setEntry", namespace, key, version, seq, 0, nowMs, null);
  yield* append({ namespace, seq, key, kind: "delete", version, writer, nowMs }, nothing);
  yield* supersede(namespace, seq, head);
  return isLive(head, nowMs);
}

/** Empties a namespace; its floor keeps every version from being given out again. */
export function* clearNamespace(namespace: string, writer: string, nowMs: number): Step<number> {
  if ((yield* rowOf("namespace", namespace)) === null) return 0;
  const summary = yield* rowOf("summary", namespace);
  invariant(summary !== null, "an aggregate has a row");
  const { seq } = yield* advance(namespace);
  yield* rowsOf("raiseFloor", namespace, integer(summary, "version"));
  yield* rowsOf("clearEntries", namespace);
  yield* rowsOf("clearLog", namespace);
  yield* rowsOf("clearTasks", namespace);
  yield* rowsOf("clearQueues", namespace);
  yield* append({ namespace, seq, key: "", kind: "clear", version: 0, writer, nowMs }, nothing);
  return integer(summary, "live");
}

/** Clears a bounded number of expired values, forgotten tombstones and tasks long done. */
export function* sweep(): Step<void> {
  for (const row of yield* rowsOf("expiredEntries", maxSwept)) {
    const [namespace, seq] = [text(row, "namespace"), integer(row, "seq")];
    yield* rowsOf("buryEntry", namespace, text(row, "key"), seq);
    yield* rowsOf("expireLog", namespace, seq);
  }
  for (const row of yield* rowsOf("forgottenEntries", tombstoneMs, maxSwept)) {
    yield* rowsOf("forgetEntry", text(row, "namespace"), text(row, "key"));
    yield* rowsOf("raiseFloor", text(row, "namespace"), integer(row, "version"));
  }
}

function* advance(namespace: string): Step<{ seq: number; floor: number }> {
  const row = yield* rowOf("nextSeq", namespace);
  invariant(row !== null, "a namespace row was returned");
  return { seq: integer(row, "seq"), floor: integer(row, "version_floor") };
}

interface Event {
  readonly namespace: string;
  readonly seq: number;
  readonly key: string;
  readonly kind: "put" | "delete" | "clear";
  readonly version: number;
  readonly writer: string;
  readonly nowMs: number;
}
interface Content {
  readonly value: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly expiresAtMs: number | null;
}
const nothing: Content = { value: null, sha256: "", bytes: 0, expiresAtMs: null };

function* append({ namespace, seq, key, kind, version, writer, nowMs }: Event, content: Content): Step<void> {
  const { value, sha256, bytes, expiresAtMs } = content;
  yield* rowsOf("appendLog", namespace, seq, key, kind, value, version, writer, sha256, bytes, nowMs, expiresAtMs);
}

/** Drops what no watch can resume over any more and no entry points to. */
function* supersede(namespace: string, seq: number, head: Row | null): Step<void> {
  const horizon = seq - keptChanges;
  if (horizon <= 0) return;
  if (head !== null && integer(head, "seq") <= horizon) yield* rowsOf("dropLog", namespace, integer(head, "seq"));
  if (seq % trimEvery === 0) yield* rowsOf("trimLog", namespace, horizon - trimEvery, horizon);
}
