// Gates on rates by exact Clopper–Pearson bounds. Law: measurement §5.2. Lower bounds are rounded down to parts per
// million, upper bounds up. An indeterminate outcome counts as a failure for PASS and as a success for FAIL.
import { binomialAtLeast, binomialAtMost, withinAlpha } from "./binomial.ts";
import { firstTrue, requiredN } from "./ranks.ts";
import type { GateResult } from "./quantile-gate.ts";

export interface Tally {
  readonly ok: number;
  readonly failed: number;
  readonly indeterminate: number;
}

/** Largest p in ppm with P(X ≥ successes; n, p) ≤ alpha: the one-sided lower bound, rounded down. */
export function lowerBoundPpm(successes: number, n: number, alpha: number): number {
  if (successes <= 0) return 0;
  return firstTrue(0, 1_000_001, (p) => !withinAlpha(binomialAtLeast(successes, n, p), alpha)) - 1;
}

/** Smallest p in ppm with P(X ≤ successes; n, p) ≤ alpha: the one-sided upper bound, rounded up. */
export function upperBoundPpm(successes: number, n: number, alpha: number): number {
  if (successes >= n) return 1_000_000;
  return firstTrue(0, 1_000_000, (p) => withinAlpha(binomialAtMost(successes, n, p), alpha));
}

/** "Success rate ≥ ratePpm". The value is the bound that decided, in ppm of successes. */
export function gateSuccessRate(tally: Tally, ratePpm: number, alpha: number): GateResult {
  const n = tally.ok + tally.failed + tally.indeterminate;
  if (n === 0) return { verdict: "NOT_RUN", value: null, rank: null, need: null, over: 0 };
  const worst = tally.failed + tally.indeterminate;
  const lower = lowerBoundPpm(n - worst, n, alpha);
  if (withinAlpha(binomialAtMost(worst, n, 1e6 - ratePpm), alpha)) {
    return { verdict: "PASS", value: lower, rank: null, need: null, over: worst };
  }
  if (withinAlpha(binomialAtLeast(tally.failed, n, 1e6 - ratePpm), alpha)) {
    const upper = upperBoundPpm(n - tally.failed, n, alpha);
    return { verdict: "FAIL", value: upper, rank: null, need: null, over: worst };
  }
  const need = requiredN(ratePpm, alpha, worst);
  if (!withinAlpha(binomialAtMost(0, n, 1e6 - ratePpm), alpha)) {
    return { verdict: "INSUFFICIENT", value: null, rank: null, need, over: worst };
  }
  return { verdict: "UNDECIDED", value: lower, rank: null, need, over: worst };
}

/** "Failure rate ≤ ratePpm": the same test seen from the other side; the value is in ppm of failures. */
export function gateFailureRate(tally: Tally, ratePpm: number, alpha: number): GateResult {
  const mirrored = gateSuccessRate(tally, 1e6 - ratePpm, alpha);
  return { ...mirrored, value: mirrored.value === null ? null : 1_000_000 - mirrored.value };
}

/** Clopper–Pearson bound as a real number, by bisection of the exact tail; display and planning only. */
export function clopperPearson(successes: number, n: number, tail: number): readonly [number, number] {
  const lower = successes === 0 ? 0 : bisect((p) => binomialAtLeast(successes, n, p * 1e6) <= tail);
  const upper = successes === n ? 1 : bisect((p) => binomialAtMost(successes, n, p * 1e6) > tail);
  return [lower, upper];
}

/** Wilson's score interval, for display only: never a gate. `z` is the normal quantile. */
export function wilson(successes: number, n: number, z = 1.959963984540054): readonly [number, number] {
  const p = successes / n;
  const centre = p + (z * z) / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

function bisect(holdsBelow: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (holdsBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What a sample maximum supports: with none of n over, at `confPpm` at most this fraction is. */
export function maxNoneExceeded(n: number, confPpm: number): number {
  return -Math.expm1(Math.log((1e6 - confPpm) / 1e6) / n);
}
