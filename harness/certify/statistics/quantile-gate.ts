// The gate on a quantile: an exact confidence bound, never a point estimate. Law: measurement §5.1 and §5.3. Censored
// values rank last for a pass and at what was recorded for a refusal, so a timeout can block but never prove by itself.
import { binomialAtMost, withinAlpha } from "./binomial.ts";
import { lowerRank, requiredN, upperRank } from "./ranks.ts";

/** One reading in whole units; censored means the true value is at least `value`. */
export interface Reading {
  readonly value: number;
  readonly censored: boolean;
}

export interface GateResult {
  readonly verdict: "PASS" | "FAIL" | "INSUFFICIENT" | "UNDECIDED" | "NOT_RUN";
  /** The bound that decided, or the undecided upper bound; null where none exists. */
  readonly value: number | null;
  readonly rank: number | null;
  /** Smallest n at which the present exceedances would pass; on INSUFFICIENT and UNDECIDED. */
  readonly need: number | null;
  /** Readings that speak against the claim, censored ones included. */
  readonly over: number;
}

export interface GateOptions {
  readonly qPpm: number;
  readonly alpha: number;
  /** Whole units. "Below" claims are judged `< limit`, "above" claims `> limit`. */
  readonly limit: number;
}

/** "P_q < limit". */
export function gateBelow(readings: readonly Reading[], options: GateOptions): GateResult {
  const { qPpm, alpha, limit } = options;
  const n = readings.length;
  const against = readings.filter((reading) => reading.censored || reading.value >= limit).length;
  const proven = readings.filter((reading) => reading.value >= limit).length;
  if (n === 0) return { verdict: "NOT_RUN", value: null, rank: null, need: null, over: 0 };
  const upper = upperRank(n, qPpm, alpha);
  const upperBound = upper === null ? null : (censoredLast(readings)[upper - 1] ?? null);
  if (withinAlpha(binomialAtMost(against, n, 1e6 - qPpm), alpha)) {
    return { verdict: "PASS", value: upperBound?.value ?? null, rank: upper, need: null, over: against };
  }
  if (withinAlpha(binomialAtMost(n - proven, n, qPpm), alpha)) {
    const lower = lowerRank(n, qPpm, alpha);
    return { verdict: "FAIL", value: at(byValue(readings), lower), rank: lower, need: null, over: against };
  }
  const need = requiredN(qPpm, alpha, against);
  if (upper === null) return { verdict: "INSUFFICIENT", value: null, rank: null, need, over: against };
  const value = upperBound === null || upperBound.censored ? null : upperBound.value;
  return { verdict: "UNDECIDED", value, rank: upper, need, over: against };
}

/** "P_q > limit": the mirror image. A censored reading counts at what was recorded, and cannot prove a failure. */
export function gateAbove(readings: readonly Reading[], options: GateOptions): GateResult {
  const { qPpm, alpha, limit } = options;
  const n = readings.length;
  const against = readings.filter((reading) => reading.value <= limit).length;
  const proven = readings.filter((reading) => !reading.censored && reading.value <= limit).length;
  if (n === 0) return { verdict: "NOT_RUN", value: null, rank: null, need: null, over: 0 };
  const lower = lowerRank(n, qPpm, alpha);
  const lowerBound = at(byValue(readings), lower);
  if (withinAlpha(binomialAtMost(against, n, qPpm), alpha)) {
    return { verdict: "PASS", value: lowerBound, rank: lower, need: null, over: against };
  }
  if (withinAlpha(binomialAtMost(n - proven, n, 1e6 - qPpm), alpha)) {
    const upper = upperRank(n, qPpm, alpha);
    const bound = upper === null ? null : (censoredLast(readings)[upper - 1]?.value ?? null);
    return { verdict: "FAIL", value: bound, rank: upper, need: null, over: against };
  }
  const need = requiredN(1e6 - qPpm, alpha, against);
  if (lower === null) return { verdict: "INSUFFICIENT", value: null, rank: null, need, over: against };
  return { verdict: "UNDECIDED", value: lowerBound, rank: lower, need, over: against };
}

/** Ascending with the censored readings last: the order that a pass must survive. */
export function censoredLast(readings: readonly Reading[]): readonly Reading[] {
  return [...readings].sort((a, b) => Number(a.censored) - Number(b.censored) || a.value - b.value);
}

function byValue(readings: readonly Reading[]): readonly number[] {
  return readings.map((reading) => reading.value).sort((a, b) => a - b);
}

function at(values: readonly number[], rank: number | null): number | null {
  return rank === null ? null : (values[rank - 1] ?? null);
}
