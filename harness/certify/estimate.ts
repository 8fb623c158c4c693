// From counted records to a figure and a gate verdict, one small function per estimator. Law: measurement §5.
import type { Plan } from "../claims/plan.ts";
import type { PlannedClaim, Sample, Threshold } from "../claims/types.ts";
import type { Gathered } from "./gather.ts";
import { effectiveN } from "./statistics/cluster-effect.ts";
import { autocorrelationStride } from "./statistics/dependence.ts";
import { gateFailureRate, gateSuccessRate, type Tally } from "./statistics/proportion-gate.ts";
import { censoredLastAt, gateAbove, gateBelow, type GateResult, type Reading } from "./statistics/quantile-gate.ts";
import { alphaOf, nearestRank } from "./statistics/ranks.ts";
import { latencyReading } from "./statistics/sample-times.ts";

export interface Estimate {
  readonly verdict: GateResult["verdict"] | "INFO" | "INVALID";
  readonly value: number | null;
  readonly n: number;
  readonly nEff: number;
  readonly over: number;
  readonly clusters: number;
  readonly need: number | null;
  readonly notes: readonly string[];
}

/** Null when the estimator has no rule for these records. */
export function estimate(
  claim: PlannedClaim,
  plan: Plan,
  gathered: Gathered & { readonly refutes?: boolean },
): Estimate {
  switch (claim.estimator) {
    case "quantile.upper":
    case "quantile.lower":
      return quantile(claim, plan, gathered.samples, gathered.refutes ?? true);
    case "quantile.point":
      return point(gathered.samples, (n) => nearestRank(n, claim.qPpm ?? 500_000));
    case "max.observed":
      return point(gathered.samples, (n) => n);
    case "proportion.lower":
    case "proportion.upper":
      return proportion(claim, plan, gathered, gathered.refutes ?? true);
    case "count":
      return count(claim, gathered, gathered.refutes ?? true);
    case "rate":
      return rate(gathered.samples);
    case "shift.upper":
    case "shift.lower":
    case "cost":
      return { ...nothing, verdict: "INVALID", notes: ["No rule turns these records into this estimator."] };
    default:
      return claim.estimator satisfies never;
  }
}

const nothing = {
  verdict: "NOT_RUN",
  value: null,
  n: 0,
  nEff: 0,
  over: 0,
  clusters: 0,
  need: null,
  notes: [],
} as const;

/** What every latency claim on one series asks of it; kept as long as the list of samples itself. */
interface Series {
  readonly all: readonly Reading[];
  readonly clusters: number;
  readonly stride: number;
  /** Every stride-th reading. */
  readonly readings: readonly Reading[];
  readonly nEff: number;
}

const series = new WeakMap<readonly Sample[], Series>();

function seriesOf(samples: readonly Sample[]): Series {
  const known = series.get(samples);
  if (known !== undefined) return known;
  const all = samples.map((sample) => latencyReading(sample));
  const values = all.map((reading) => reading.value);
  const clusters = clusterCount(samples);
  const dependent = clusters < samples.length;
  const stride = dependent ? 1 : autocorrelationStride(values);
  const readings = stride === 1 ? all : all.filter((_, index) => index % stride === 0);
  const nEff = dependent ? effectiveN(clusterGroups(samples, values)) : readings.length;
  const found = { all, clusters, stride, readings, nEff };
  series.set(samples, found);
  return found;
}

function clusterCount(samples: readonly Sample[]): number {
  const named = new Set<string>();
  let alone = 0;
  for (const { cl } of samples) {
    if (cl === null) alone += 1;
    else named.add(cl);
  }
  return named.size + alone;
}

function quantile(claim: PlannedClaim, plan: Plan, samples: readonly Sample[], refutes: boolean): Estimate {
  if (samples.length === 0) return nothing;
  const { all, clusters, stride, readings, nEff } = seriesOf(samples);
  const dependent = clusters < samples.length;
  const gated = runGate(claim, readings, { alpha: alphaOf(claim.confPpm ?? 950_000, plan.attempt), nEff, refutes });
  const against =
    readings === all ? gated.over : runGate(claim, all, { alpha: 0, nEff: all.length, refutes: true }).over;
  const notes: string[] = [];
  if (stride > 1) notes.push("Neighbouring samples are correlated: the gate used a thinned sequence.");
  if (dependent) notes.push("Several samples share a cluster: the gate used the effective sample size.");
  if (!refutes) notes.push("The harness was not fit to measure: a slow answer refutes nothing.");
  const need = gated.need === null ? null : gated.need * stride;
  return {
    verdict: gated.verdict,
    value: gated.value,
    n: all.length,
    nEff,
    over: against,
    clusters,
    need,
    notes,
  };
}

function runGate(
  claim: PlannedClaim,
  readings: readonly Reading[],
  options: { readonly alpha: number; readonly nEff: number; readonly refutes: boolean },
): GateResult {
  const qPpm = claim.qPpm ?? 500_000;
  const limit = claim.threshold?.value ?? Number.MAX_SAFE_INTEGER;
  if (claim.estimator === "quantile.upper") {
    const below = claim.threshold?.op === "<=" ? limit + 1 : limit;
    return gateBelow(readings, { qPpm, limit: below, ...options });
  }
  const above = claim.threshold === null ? -1 : claim.threshold.op === ">=" ? limit - 1 : limit;
  return gateAbove(readings, { qPpm, limit: above, ...options });
}

/** A figure for people: one observed value, or null when that value is censored. Never a gate. */
function point(samples: readonly Sample[], rankOf: (n: number) => number): Estimate {
  if (samples.length === 0) return nothing;
  const { all, clusters } = seriesOf(samples);
  const chosen = censoredLastAt(all, rankOf(all.length));
  const censored = chosen === null || chosen.censored;
  const notes = censored ? ["The value lies among requests that did not succeed: it has no figure."] : [];
  const n = samples.length;
  return { ...nothing, verdict: "INFO", value: censored ? null : chosen.value, n, nEff: n, clusters, notes };
}

function proportion(claim: PlannedClaim, plan: Plan, gathered: Gathered, refutes: boolean): Estimate {
  const { samples, observations } = gathered;
  const n = samples.length + observations.length;
  if (n === 0) return nothing;
  const unclear = samples.filter((sample) => sample.out === "indeterminate").length;
  const good =
    samples.filter((sample) => sample.out === "ok").length +
    observations.filter((observation) => agrees(observation)).length;
  const failed = n - good - unclear;
  const clusters = clusterCount(samples) + observations.length;
  const groupsOf = (): readonly (readonly number[])[] => {
    const flags = samples.map((sample) => (sample.out === "ok" ? 0 : 1));
    return [...clusterGroups(samples, flags), ...observations.map((o) => [agrees(o) ? 0 : 1])];
  };
  const nEff = clusters < n ? effectiveN(groupsOf()) : n;
  const worst = Math.ceil(((failed + unclear) * nEff) / n);
  // What failed while the harness was not fit may have been its own doing.
  const surely = refutes ? Math.floor((failed * nEff) / n) : 0;
  const tally: Tally = { ok: nEff - worst, failed: surely, indeterminate: worst - surely };
  const limit = claim.threshold?.value ?? (claim.estimator === "proportion.lower" ? 0 : 1_000_000);
  const alpha = alphaOf(claim.confPpm ?? 950_000, plan.attempt);
  const gate = claim.estimator === "proportion.lower" ? gateSuccessRate : gateFailureRate;
  const gated = gate(tally, limit, alpha);
  const need = gated.need === null ? null : Math.ceil((gated.need * n) / nEff);
  const notes = nEff < n ? ["Several samples share a cluster: the gate used the effective sample size."] : [];
  return { ...gated, n, nEff, over: failed + unclear, clusters, need, notes };
}

function agrees(observation: { readonly expected: string; readonly observed: string; readonly out: string }): boolean {
  return observation.expected === observation.observed && observation.out !== "error:threw";
}

/** Violations are a complete total, so they are compared directly; fewer observations than planned prove nothing. */
function count(claim: PlannedClaim, gathered: Gathered, refutes: boolean): Estimate {
  const { samples, observations } = gathered;
  const n = samples.length + observations.length;
  if (n === 0) return nothing;
  const bad = observations.filter((observation) => !agrees(observation));
  const value = bad.length + samples.filter((sample) => sample.out !== "ok").length;
  const base = { ...nothing, value, n, nEff: n, over: value, clusters: n };
  const notes = bad.slice(0, 10).map((observation) => observation.what);
  if (claim.threshold === null) return { ...base, verdict: "INFO", notes };
  const met = satisfies(value, claim.threshold);
  const blameless = !met && !refutes && bad.length === 0;
  if (blameless || (met && n < claim.plannedN)) {
    return { ...base, verdict: "INSUFFICIENT", value: null, need: claim.plannedN, notes };
  }
  return { ...base, verdict: met ? "PASS" : "FAIL", notes };
}

export function satisfies(value: number, threshold: Threshold): boolean {
  switch (threshold.op) {
    case "<":
      return value < threshold.value;
    case "<=":
      return value <= threshold.value;
    case ">":
      return value > threshold.value;
    case ">=":
      return value >= threshold.value;
    default:
      return threshold.op satisfies never;
  }
}

/** Successful completions per second over the window from the first schedule to the last end, rounded down. Display. */
function rate(samples: readonly Sample[]): Estimate {
  if (samples.length === 0) return nothing;
  const start = samples.reduce((least, sample) => Math.min(least, sample.sch), Number.MAX_SAFE_INTEGER);
  const ends = samples.map((sample) => (sample.st ?? sample.sch) + (sample.dur ?? 0));
  const window = ends.reduce((most, end) => Math.max(most, end), 0) - start;
  const good = samples.filter((sample) => sample.out === "ok").length;
  const value = window <= 0 ? null : Number((BigInt(good) * 1_000_000_000n) / BigInt(window));
  const n = samples.length;
  return { ...nothing, verdict: "INFO", value, n, nEff: n, clusters: n };
}

/** Values grouped by cluster in order of first appearance; a sample without a cluster stands alone. */
function clusterGroups(samples: readonly Sample[], values: readonly number[]): readonly (readonly number[])[] {
  const named = new Map<string, number[]>();
  const groups: number[][] = [];
  for (const [index, sample] of samples.entries()) {
    const value = values[index] ?? 0;
    const known = sample.cl === null ? undefined : named.get(sample.cl);
    if (known !== undefined) {
      known.push(value);
      continue;
    }
    const group = [value];
    groups.push(group);
    if (sample.cl !== null) named.set(sample.cl, group);
  }
  return groups;
}
