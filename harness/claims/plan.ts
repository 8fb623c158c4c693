// The plan: everything that is fixed and signed before the first sample. Reference "measurement" sections 1, 5.6, 8.
// Integers and strings only; its canonical bytes are plan.json and their SHA-256 is in every header.
import type { PlannedClaim, Provenance } from "./types.ts";

/** Prices in nano-dollars per second, so that one sandbox second of one vCPU is a whole number. */
export interface PriceList {
  readonly id: string;
  readonly url: string;
  /** ISO date of the list. */
  readonly date: string;
  readonly sha256: string;
  readonly nanoUsdPerVcpuSecond: number;
  readonly nanoUsdPerGibSecond: number;
}

export interface Plan {
  readonly schema: "plan/1";
  readonly run: string;
  /** Wall time of registration, ms since 1970. */
  readonly createdAtMs: number;
  /** Reading of the monotonic clock that all offsets count from, ns, as a decimal string: it may exceed a safe integer. */
  readonly originNs: string;
  readonly target: "local" | "cloud";
  /** What separates sandboxes on this target: `bwrap`, `gvisor`, `firecracker`, `none`. */
  readonly isolation: string;
  /** A run of simulated or replayed evidence only says so here and can never be certified. */
  readonly provenance: Provenance;
  readonly claims: readonly PlannedClaim[];
  /** Every shard that must have written an events file; a missing one makes the run INCOMPLETE. */
  readonly shards: readonly string[];
  readonly seed: number;
  /** Counted attempts on this subject, this one included; the j-th uses alpha / j. */
  readonly attempt: number;
  /** Outcomes left out of latency claims, such as `error:provider-limit`; their count is printed. */
  readonly exclusions: readonly string[];
  /** More than `maxSharePpm` of the measured samples later than `toleranceNs` makes the run INCOMPLETE. */
  readonly lateness: { readonly toleranceNs: number; readonly maxSharePpm: number } | null;
  /**
   * A measured metric whose neighbouring samples turn out to be correlated is judged on a thinned sequence: sampling goes on
   * until that sequence holds `minThinned` samples, at most `maxSeconds` after its first one. The rule looks at the
   * correlation only, never at how many samples are over a limit. Null = exactly the planned number.
   */
  readonly stopping: { readonly minThinned: number; readonly maxSeconds: number } | null;
  readonly priceList: PriceList | null;
  /** A verifier's challenge, mixed into every nonce. */
  readonly challenge: string | null;
}
