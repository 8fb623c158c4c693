// Order-statistic bounds on a quantile and the sample sizes they need. Law: measurement §5.1. Ranks are 1-based.
import { binomialAtLeast, binomialAtMost, withinAlpha } from "./binomial.ts";

/** Searches for a sample size stop here: 16 million. Beyond it the answer is null, "no plan can be made". */
export const largestSampleSize = 16_777_216;

/** Error probability of a one-sided statement: (1 − conf), shared by `looks` planned looks or attempts. */
export function alphaOf(confPpm: number, looks = 1): number {
  return (1e6 - confPpm) / 1e6 / looks;
}

/** Smallest r with P(X ≤ r − 1) ≥ 1 − alpha, X ~ Bin(n, q): x(r) is an upper bound of the quantile. Null when r > n. */
export function upperRank(n: number, qPpm: number, alpha: number): number | null {
  const rank = firstTrue(1, n + 1, (r) => withinAlpha(binomialAtLeast(r, n, qPpm), alpha));
  return rank > n ? null : rank;
}

/** Largest l with P(X ≤ l − 1) ≤ alpha: x(l) is a lower bound of the quantile. Null when no such l exists. */
export function lowerRank(n: number, qPpm: number, alpha: number): number | null {
  const beyond = firstTrue(1, n + 1, (l) => !withinAlpha(binomialAtMost(l - 1, n, qPpm), alpha));
  return beyond === 1 ? null : beyond - 1;
}

/** Smallest n with P(X ≤ exceedances; n, 1 − q) ≤ alpha: the size at which so many exceedances still pass. */
export function requiredN(qPpm: number, alpha: number, exceedances: number): number | null {
  const passes = (n: number): boolean => withinAlpha(binomialAtMost(exceedances, n, 1e6 - qPpm), alpha);
  let high = Math.max(1, exceedances + 1);
  while (!passes(high)) {
    if (high >= largestSampleSize) return null;
    high *= 2;
  }
  return firstTrue(exceedances + 1, high, passes);
}

/** Largest k with P(X ≤ k; n, 1 − q) ≤ alpha; null when even 0 is too many. */
export function maxExceedances(n: number, qPpm: number, alpha: number): number | null {
  const beyond = firstTrue(0, n, (k) => !withinAlpha(binomialAtMost(k, n, 1e6 - qPpm), alpha));
  return beyond === 0 ? null : beyond - 1;
}

/** Nearest rank ⌈n·q⌉ in whole numbers: the display quantile is always a value that was observed. */
export function nearestRank(n: number, qPpm: number): number {
  return Math.max(1, Number((BigInt(n) * BigInt(qPpm) + 999_999n) / 1_000_000n));
}

/** First x in [low, high) where a monotone test turns true, else high. */
export function firstTrue(low: number, high: number, test: (x: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (test(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
