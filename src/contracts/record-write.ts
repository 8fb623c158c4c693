// What every write to the record says about itself: who writes, and, for a leader, the tenure that entitles it.

/** Proof of a tenure: the lease of this name, in the namespace written to unless another is named. */
export interface Fence {
  readonly namespace?: string;
  readonly lease: string;
  readonly token: number;
}

export interface WriteOptions {
  /** Who writes; part of the record. */
  readonly writer: string;
  /** The write is refused (`memory.fenced`) unless this lease is held under this token, checked in the write's transaction. */
  readonly fence?: Fence;
}

export interface PutOptions extends WriteOptions {
  /** Time to live in seconds, default 3,600; null = for ever. */
  readonly ttlSeconds?: number | null;
}
