// The shared record as the swarm sees it. Acknowledged means durable. Expiry is judged by the store's clock, never the reader's.
import type { Json } from "./json.ts";

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

export interface PutOptions {
  /** Who writes; part of the record. */
  readonly writer: string;
  /** Time to live in seconds, default 3,600; null = for ever. */
  readonly ttlSeconds?: number | null;
}

export type CompareAndSet =
  | { readonly outcome: "written"; readonly entry: Entry }
  | { readonly outcome: "conflict"; readonly current: Entry | null };

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
  delete(namespace: string, key: string, writer: string): Promise<boolean>;
  /** Live entries whose key starts with `prefix`, by key. */
  list(namespace: string, prefix?: string): Promise<readonly Entry[]>;
  deleteNamespace(namespace: string): Promise<number>;
  close(): Promise<void>;
}
