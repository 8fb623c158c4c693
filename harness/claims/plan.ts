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

/** When the harness itself was fit to measure. Reference "measurement", section 3. */
export interface HealthRule {
  /**
   * Largest allowed value by name of a figure in the `health` notes; a larger one, or a note without it, voids what that
   * shard says against a target. Every shard with samples must have left a note.
   */
  readonly limits: Readonly<Record<string, number>>;
}

/** How requests arrive. Offsets follow from it before the run: the schedule never waits for the target. */
export interface Arrival {
  /** `stratified`: one arrival in each interval, at a place drawn from the plan's seed. */
  readonly process: "constant" | "stratified" | "ramp";
  /** Length of an interval, ns. */
  readonly everyNs: number;
}

/** A fault that the run itself brings about. */
export interface PlannedFault {
  readonly check: string;
  readonly what: string;
  readonly count: number;
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
  /** Name of the profile the claims and sizes come from. */
  readonly profile?: string;
  readonly arrival?: Arrival;
  readonly health?: HealthRule | null;
  /** A run whose meters pass this amount stops; null = none. Micro-dollars at `priceList`. */
  readonly budgetMicroUsd?: number | null;
  /** The certificate of this run ends then, ms since 1970. */
  readonly expiresAtMs?: number;
  /** Attempts per request and per check: the first decides. */
  readonly retry?: { readonly maxAttempts: number };
  /** Looks at the data before the verdict; each would have to pay alpha / looks. */
  readonly looks?: number;
  readonly faults?: readonly PlannedFault[];
  /** Shards by part, when several machines share the run: part i writes exactly the i-th list. */
  readonly parts?: readonly (readonly string[])[];
}
