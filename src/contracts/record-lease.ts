// A lease: at most one holder at a time by the store's clock, and a fencing token that only grows, so that the writes of a
// holder that overslept are refused.
import type { Fence } from "./record-write.ts";

export interface LeaseState {
  readonly name: string;
  readonly holder: string;
  /** Grows with every tenure; a tenure that was interrupted, even by an expiry alone, never continues under its token. */
  readonly token: number;
  /** By the store's clock. */
  readonly expiresAtMs: number;
  /** What is left of it, by the store's clock when it answered. */
  readonly remainingMs: number;
}

export type LeaseAnswer =
  | { readonly outcome: "held"; readonly lease: LeaseState }
  /** Somebody else holds it. */
  | { readonly outcome: "busy"; readonly lease: LeaseState }
  /** The tenure of this token is over. */
  | { readonly outcome: "lost" };

export interface LeaseRequest {
  /** Unique per tenant and per life of its process: the holder that asks again is answered with its own tenure, extended. */
  readonly holder: string;
  readonly ttlMs: number;
}

export interface Lease {
  acquire(request: LeaseRequest): Promise<LeaseAnswer>;
  renew(token: number, ttlMs: number): Promise<LeaseAnswer>;
  /** True when the tenure was still running and has ended by this. */
  release(token: number): Promise<boolean>;
  /** The present tenure, or null. */
  read(): Promise<LeaseState | null>;
  /** The fence to name in writes. */
  fence(token: number): Fence;
}
