// The shared record as the swarm sees it. Acknowledged means durable. Expiry is judged by the store's clock, never the
// reader's. One interface; the stores behind it (without a disk, SQLite, PostgreSQL) pass one conformance suite.
import type { Json } from "./json.ts";
import type { Lease } from "./record-lease.ts";
import type { Queue, QueueOptions } from "./record-queue.ts";
import type { PutOptions, WriteOptions } from "./record-write.ts";

export interface Entry {
  readonly namespace: string;
  readonly key: string;
  readonly value: Json;
  /** 1 for the first write of a key, then +1; never reused, not even after a delete. */
  readonly version: number;
  /** Position in the namespace's one sequence of writes. */
  readonly seq: number;
  readonly writer: string;
  /** sha256 hex of the canonical JSON of the value, checked on every read. */
  readonly sha256: string;
  readonly bytes: number;
  readonly writtenAtMs: number;
  /** null = never expires. */
  readonly expiresAtMs: number | null;
}

export type CompareAndSet =
  | { readonly outcome: "written"; readonly entry: Entry }
  | { readonly outcome: "conflict"; readonly current: Entry | null };

/** One step of a namespace's sequence. Expiry is no step: `expiresAtMs` of the entry already says when it ends. */
export type Change =
  | { readonly kind: "put"; readonly seq: number; readonly entry: Entry }
  | { readonly kind: "delete"; readonly seq: number; readonly key: string; readonly version: number }
  /** A put whose entry has ended since and is no longer kept. */
  | { readonly kind: "expired"; readonly seq: number; readonly key: string; readonly version: number }
  /** The namespace was emptied; changes before it that were not told yet went with it. */
  | { readonly kind: "clear"; readonly seq: number };

export interface WatchOptions {
  /** Only keys that start so; `clear` is always told. */
  readonly prefix?: string;
  /** Tells every change after this position; default: from now on. A position that is no longer kept is `memory.compacted`. */
  readonly from?: number;
  readonly signal?: AbortSignal;
}

export interface Imported {
  readonly namespaces: number;
  readonly entries: number;
  readonly leases: number;
  readonly tasks: number;
}

export interface RecordStore {
  get(namespace: string, key: string): Promise<Entry | null>;
  put(namespace: string, key: string, value: Json, options: PutOptions): Promise<Entry>;
  /** Writes only if the key's present version is `version` (0 = does not exist or expired). */
  compareAndSet(
    namespace: string,
    key: string,
    version: number,
    value: Json,
    options: PutOptions,
  ): Promise<CompareAndSet>;
  /** True when a live entry was removed. */
  delete(namespace: string, key: string, options: WriteOptions): Promise<boolean>;
  /** Live entries whose key starts with `prefix`, by key. */
  list(namespace: string, prefix?: string): Promise<readonly Entry[]>;
  /** Number of live entries removed. Versions and fencing tokens are never given out again, its queues are emptied. */
  deleteNamespace(namespace: string, options?: WriteOptions): Promise<number>;
  /** The last position of the namespace's sequence; 0 before its first write. */
  position(namespace: string): Promise<number>;
  /** Every change in order, without gap or duplicate, whoever made it. Ends when the signal aborts or the store closes. */
  watch(namespace: string, options?: WatchOptions): AsyncIterable<Change>;
  lease(namespace: string, name: string): Lease;
  queue(namespace: string, name: string, options?: QueueOptions): Queue;
  /** Resolves on news of the namespace or its queues, after `ms` at the latest. A hint to look again, never a proof. */
  news(namespace: string, ms: number, signal?: AbortSignal): Promise<void>;
  /** Everything, or one namespace, as NDJSON lines of one snapshot; the last line carries the digest of all others. */
  export(namespace?: string): AsyncIterable<string>;
  /** Puts an export into a record that holds nothing of it. All digests are checked before anything is written. */
  import(lines: Iterable<string> | AsyncIterable<string>): Promise<Imported>;
  close(): Promise<void>;
}
