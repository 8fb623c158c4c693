// Binomial tails decided exactly, by whole numbers and without a logarithm: the verifier's own method. A tail is
// Σ C(n,i)·aⁱ·bⁿ⁻ⁱ over dⁿ with p = a/d, walked between two bounds; where the bounds leave a doubt the whole fraction decides.
import { openTail } from "./tail-bounds.ts";

/** α as a fraction: (1,000,000 − conf) / (1,000,000 × attempt). */
export interface Alpha {
  readonly top: bigint;
  readonly bottom: bigint;
}

export function alphaFor(confPpm: number, attempt: number): Alpha {
  return { top: BigInt(1_000_000 - confPpm), bottom: 1_000_000n * BigInt(attempt) };
}

function lowest(ppm: number): { readonly a: bigint; readonly d: bigint } {
  let x = BigInt(ppm);
  let y = 1_000_000n;
  while (y > 0n) [x, y] = [y, x % y];
  return { a: BigInt(ppm) / x, d: 1_000_000n / x };
}

/** P(X ≤ k) ≤ α for X ~ Bin(n, ppm / 1e6)? */
export function atMostWithin(k: number, n: number, ppm: number, alpha: Alpha): boolean {
  if (k < 0) return true;
  if (k >= n || ppm <= 0) return alpha.top >= alpha.bottom;
  const most = largestWithin(n, ppm, alpha);
  return most !== null && k <= most;
}

/** P(X ≥ k) ≤ α: the same tail counted from the other side. */
export function atLeastWithin(k: number, n: number, ppm: number, alpha: Alpha): boolean {
  return atMostWithin(n - k, n, 1_000_000 - ppm, alpha);
}

/** Smallest r whose order statistic bounds the quantile from above; null beyond n. Walks down from the largest. */
export function rankAbove(n: number, qPpm: number, alpha: Alpha): number | null {
  // P(X ≥ r) ≤ α  ⇔  P(Y ≤ n − r; n, 1 − q) ≤ α: so n − r is the largest k that stays within α.
  const k = largestWithin(n, 1_000_000 - qPpm, alpha);
  return k === null ? null : n - k;
}

/** Largest l whose order statistic bounds the quantile from below; null when none. */
export function rankBelow(n: number, qPpm: number, alpha: Alpha): number | null {
  const k = largestWithin(n, qPpm, alpha);
  return k === null ? null : Math.min(n, k + 1);
}

const answers = new Map<string, number | null>();
const mostAnswers = 10_000;

/** Largest k in 0…n−1 with P(X ≤ k; n, ppm) ≤ α; null when even 0 is too many. */
export function largestWithin(n: number, ppm: number, alpha: Alpha): number | null {
  if (ppm <= 0 || n <= 0) return null;
  if (ppm >= 1_000_000) return n - 1;
  const key = `${n} ${ppm} ${alpha.top} ${alpha.bottom}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  if (answers.size >= mostAnswers) answers.clear();
  const { a, d } = lowest(ppm);
  const tail = openTail(n, a, d);
  let best: number | null = null;
  for (let k = 0; k < n; k += 1) {
    if (!(tail.within(alpha) ?? exactlyWithin(k, { n, a, d }, alpha))) break;
    best = k;
    tail.next();
  }
  answers.set(key, best);
  return best;
}

/** The decision where bounds cannot make it: the whole fraction. */
function exactlyWithin(
  k: number,
  { n, a, d }: { readonly n: number; readonly a: bigint; readonly d: bigint },
  alpha: Alpha,
): boolean {
  const b = d - a;
  let term = b ** BigInt(n);
  let sum = term;
  for (let i = 0; i < k; i += 1) {
    term = (term * BigInt(n - i) * a) / (BigInt(i + 1) * b);
    sum += term;
  }
  return sum * alpha.bottom <= alpha.top * d ** BigInt(n);
}

/** Beyond this size no plan is offered; the same limit as the court's. */
const largestPlan = 16_777_216;

/** Smallest n at which k exceedances would pass the gate on quantile q. */
export function sizeNeeded(qPpm: number, alpha: Alpha, k: number): number | null {
  let reach = k + 1;
  while (!atMostWithin(k, reach, 1_000_000 - qPpm, alpha)) {
    if (reach >= largestPlan) return null;
    reach *= 2;
  }
  let least = k + 1;
  while (least < reach) {
    const middle = (least + reach) >> 1;
    if (atMostWithin(k, middle, 1_000_000 - qPpm, alpha)) reach = middle;
    else least = middle + 1;
  }
  return least;
}

/** One-sided Clopper–Pearson lower bound in whole ppm, rounded down. */
export function lowerPpm(good: number, n: number, alpha: Alpha): number {
  if (good <= 0) return 0;
  let low = 0;
  let high = 1_000_000;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (middle < 1_000_000 && atLeastWithin(good, n, middle, alpha)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** One-sided Clopper–Pearson upper bound in whole ppm, rounded up: the mirror of the lower bound on failures. */
export function upperPpm(good: number, n: number, alpha: Alpha): number {
  return 1_000_000 - lowerPpm(n - good, n, alpha);
}
