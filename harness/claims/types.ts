// The words of the court, shared by evidence, certify, render and verify. Pure types and constants: see
// reference "measurement" sections 2, 4, 6, 7. Integers only: ns, count, ppm, microusd.

export type Provenance = "measured" | "replayed" | "simulated" | "modelled" | "declared";
export type EvidenceTarget = "local" | "cloud" | "mixed";
export type ClaimKind = "latency" | "throughput" | "recovery" | "availability" | "cost" | "logic" | "safety";
export type Estimator =
  | "quantile.upper"
  | "quantile.lower"
  | "quantile.point"
  | "proportion.lower"
  | "proportion.upper"
  | "shift.upper"
  | "shift.lower"
  | "max.observed"
  | "count"
  | "rate"
  | "cost";
export type Unit = "ns" | "count" | "ppm" | "microusd";
export type ClaimVerdict = "PASS" | "FAIL" | "UNDECIDED" | "INSUFFICIENT" | "NOT_RUN" | "INVALID" | "INFO";
export type RunVerdict = "CERTIFIED" | "CONDITIONAL" | "INCOMPLETE" | "REFUSED";

export interface Threshold {
  readonly op: "<" | "<=" | ">" | ">=";
  readonly value: number;
}

/** A promise as data, fixed in the plan before the first sample. */
export interface PlannedClaim {
  /** `c-local.…` or `c-cloud.…`. */
  readonly id: string;
  /** The sentence for people, without figures: figures come from the claim itself. */
  readonly sentence: string;
  readonly layer: "backend" | "mcp" | "cli" | "trading" | "production";
  readonly kind: ClaimKind;
  /** Name of the metric: `bench.sandbox.create`, or `check.backend.exports` for the observations of a suite check. */
  readonly metric: string;
  readonly estimator: Estimator;
  readonly qPpm: number | null;
  readonly confPpm: number | null;
  readonly unit: Unit;
  readonly threshold: Threshold | null;
  /** A required claim that is not PASS stops certification; an optional one makes the run CONDITIONAL; info never gates. */
  readonly need: "required" | "optional" | "info";
  /** Samples (or observations) the plan asks for. */
  readonly plannedN: number;
  readonly provenanceFloor: Provenance;
  /** `own-code` marks a micro-benchmark of our own functions: it may rest on process witnesses. Default `target`. */
  readonly subject?: "target" | "own-code";
  /** True for a promise about isolation: NOT_RUN on a target without it. Ids with an `isolation` part imply it. */
  readonly needsIsolation?: boolean;
}

/** A planned claim after judgement: one entry of claims.json. */
export interface Claim {
  readonly id: string;
  readonly metric: string;
  readonly kind: ClaimKind;
  readonly estimator: Estimator;
  readonly qPpm: number | null;
  readonly confPpm: number | null;
  readonly value: number | null;
  readonly unit: Unit;
  readonly n: number;
  readonly over: number;
  readonly censored: number;
  readonly dropped: number;
  readonly excluded: number;
  readonly clusters: number;
  /** Samples the gate counted after allowing for dependence; absent when it counted all n. */
  readonly nEff?: number;
  readonly attempt: number;
  readonly threshold: Threshold | null;
  readonly provenance: Provenance;
  readonly target: EvidenceTarget;
  readonly verdict: ClaimVerdict;
  /** Smallest n at which the present exceedances would pass; on INSUFFICIENT and UNDECIDED. */
  readonly need: number | null;
  readonly derivedFrom: readonly { readonly sha256: string; readonly records: number }[];
  /** Why a claim is INVALID or NOT_RUN, or which observations failed; sentences without figures where possible. */
  readonly notes: readonly string[];
}

/** First line of a samples or observations file. */
export interface FileHeader {
  readonly k: "hdr";
  readonly schema: "evidence/samples/1" | "evidence/observations/1" | "evidence/events/1";
  readonly run: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly clock: "hrtime";
  readonly planSha256: string;
}

export type Outcome = "ok" | "timeout" | "indeterminate" | "dropped" | "aborted" | `error:${string}`;

/** One scheduled request. Integers in ns from the run origin; response = st + dur - sch. */
export interface Sample {
  readonly k: "s";
  readonly i: number;
  readonly sch: number;
  readonly st: number | null;
  readonly dur: number | null;
  readonly out: Outcome;
  readonly cens?: "right";
  readonly att: number;
  readonly ph: "warmup" | "measure" | "cooldown";
  readonly cl: string | null;
  readonly provenance: Provenance;
  readonly target: "local" | "cloud";
  readonly wit: string | null;
}

/** One asserted behaviour of a suite check: what was expected, what was seen. `ok` is recomputed from the two strings. */
export interface Observation {
  readonly k: "o";
  readonly i: number;
  /** What was looked at, for people. */
  readonly what: string;
  /** Canonical JSON text (cut at 2,000 characters with its sha256 appended when longer), secrets removed. */
  readonly expected: string;
  readonly observed: string;
  readonly out: "ok" | "error:mismatch" | "error:threw";
  readonly t: number;
  readonly provenance: Provenance;
  readonly target: "local" | "cloud";
  readonly wit: string | null;
}
