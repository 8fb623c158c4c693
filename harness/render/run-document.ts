// What a report is drawn from: one finished run, already judged. Integers only; nothing in here is computed by the
// printer except display quantiles of `latencies`. The orchestrator fills it, `checkDocument` refuses a broken one.
import type { EquityNote, FaultStory } from "../claims/run-notes.ts";
import type { Claim, EvidenceTarget, PlannedClaim, Provenance, RunVerdict } from "../claims/types.ts";

export type Layer = PlannedClaim["layer"];
export type AssuranceLevel = "A0" | "A1" | "A2" | "A3" | "A4";

export interface RunInfo {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly packageVersion: string;
  readonly commit: string;
  readonly dirty: boolean;
  readonly node: string;
  readonly e2bSdk: string;
  readonly target: "local" | "cloud";
  /** `bwrap`, `gvisor`, `none`, or what the provider says. */
  readonly isolation: string;
  readonly assurance: AssuranceLevel;
  readonly attempt: number;
  readonly planSha256: string;
  readonly manifestSha256: string;
  readonly expiresAt: string | null;
}

/** Response times of one latency metric in the measure phase: values ascending, censored ones last. */
export interface LatencySeries {
  readonly metric: string;
  /** For people: "Create sandbox". */
  readonly title: string;
  readonly provenance: Provenance;
  readonly target: EvidenceTarget;
  readonly responses: readonly { readonly ns: number; readonly censored: boolean }[];
  /** Service times (start to outcome) of the successful samples, ascending; may be empty. */
  readonly serviceNs: readonly number[];
}

export interface CheckFailure {
  readonly what: string;
  readonly expected: string;
  readonly observed: string;
}

/** One of the named checks of a suite. */
export interface CheckRecord {
  readonly id: string;
  readonly layer: Layer;
  readonly title: string;
  readonly claimId: string;
  readonly observations: number;
  readonly failed: number;
  readonly failures: readonly CheckFailure[];
  readonly durationMs: number;
  readonly state: "passed" | "failed" | "not-run";
  /** Why it was not run; empty otherwise. */
  readonly reason: string;
}

export interface CostSheet {
  readonly priceList: {
    readonly id: string;
    readonly source: string;
    readonly date: string;
    readonly sha256: string;
  };
  readonly lines: readonly {
    readonly what: string;
    readonly quantity: number;
    readonly unit: string;
    readonly microUsd: number;
    readonly provenance: Provenance;
  }[];
  readonly totalMicroUsd: number;
}

export interface Topology {
  readonly nodes: readonly { readonly id: string; readonly role: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface SwarmDecision {
  /** buy, sell, hold, "no quorum" … */
  readonly action: string;
  /** Level of agreement in ppm. */
  readonly levelPpm: number;
  readonly ballots: readonly {
    readonly agent: string;
    readonly role: string;
    readonly action: string;
    readonly weightPpm: number;
    readonly convictionPpm: number;
  }[];
}

/** A signature over the digest of the evidence. */
export interface SignOff {
  readonly role: string;
  readonly keyid: string;
  /** ISO 8601 in UTC. */
  readonly signedAt: string;
  readonly expiresAt: string;
  /** At the time of drawing. */
  readonly expired: boolean;
}

/** What had been spent when the meters were read. */
export interface SpendPoint {
  /** ns from the run origin. */
  readonly atNs: number;
  readonly microUsd: number;
}

export interface RunDocument {
  readonly run: RunInfo;
  readonly verdict: RunVerdict;
  readonly conditions: readonly string[];
  readonly planned: readonly PlannedClaim[];
  readonly claims: readonly Claim[];
  readonly latencies: readonly LatencySeries[];
  readonly env: Readonly<Record<string, string | number>>;
  readonly checks: readonly CheckRecord[];
  readonly layersNotReached: readonly string[];
  readonly cost: CostSheet;
  readonly topology?: Topology;
  readonly decision?: SwarmDecision;
  readonly notTested: readonly string[];
  readonly faults: readonly FaultStory[];
  readonly equity: readonly EquityNote[];
  readonly spending: readonly SpendPoint[];
  /** Empty when a run writes its reports: a digest cannot be signed before it exists. */
  readonly signOffs: readonly SignOff[];
}
