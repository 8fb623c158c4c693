// The shift between two arms and its bounds, exact up to `largestExactArm` observations an arm and by the normal approximation
// above. Bounds are order statistics of all b − a, found without writing the differences down. Law: measurement §5.5.
import { normalUpperTail } from "../certify/statistics/distributions.ts";
import { largestExactArm, uDistribution } from "../certify/statistics/rank-tests.ts";

export interface ShiftArms {
  /** Ascending whole numbers; a request without a value stands as `noValue`. */
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** Larger than every response in ns and than every honest difference. */
export const noValue = 2 ** 51;

export interface ShiftBounds {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Closed ends [D(κ+1), D(mn−κ)], κ = max{u : P(U ≤ u) ≤ tail}; null where no bound exists. */
export function shiftBounds(arms: ShiftArms, tail: number): ShiftBounds {
  const pairs = arms.a.length * arms.b.length;
  const kappa = isExact(arms) ? exactKappa(arms, tail) : normalKappa(arms, tail);
  if (kappa < 0 || pairs === 0 || kappa >= pairs) return { lower: null, upper: null };
  return { lower: known(difference(arms, kappa + 1)), upper: known(difference(arms, pairs - kappa)) };
}

/** Median of all b − a, rounded to a whole number; null when it is not known. */
export function medianShift(arms: ShiftArms): number | null {
  const pairs = arms.a.length * arms.b.length;
  if (pairs === 0) return null;
  const high = known(difference(arms, Math.floor(pairs / 2) + 1));
  if (pairs % 2 === 1) return high;
  const low = known(difference(arms, pairs / 2));
  return low === null || high === null ? null : Math.round((low + high) / 2);
}

export function isExact({ a, b }: ShiftArms): boolean {
  return Math.max(a.length, b.length) <= largestExactArm;
}

function exactKappa({ a, b }: ShiftArms, tail: number): number {
  let kappa = -1;
  let sum = 0;
  for (const p of uDistribution(a.length, b.length)) {
    sum += p;
    if (sum > tail * (1 + 1e-11)) break;
    kappa += 1;
  }
  return kappa;
}

/** With continuity correction: P(U ≤ u) ≈ Φ((u + ½ − mn/2) / σ). */
function normalKappa({ a, b }: ShiftArms, tail: number): number {
  const pairs = a.length * b.length;
  const sigma = Math.sqrt((pairs * (a.length + b.length + 1)) / 12);
  return Math.floor(pairs / 2 - 0.5 - upperQuantile(tail) * sigma);
}

const bisections = 80;

/** z with P(Z > z) = tail, for tail in (0, 0.5]. */
function upperQuantile(tail: number): number {
  let [low, high] = [0, 40];
  for (let step = 0; step < bisections; step += 1) {
    const middle = (low + high) / 2;
    if (normalUpperTail(middle) > tail) low = middle;
    else high = middle;
  }
  return low;
}

/** The `rank`-th smallest difference (1-based), by bisection over whole numbers. */
function difference({ a, b }: ShiftArms, rank: number): number {
  let low = (b[0] ?? 0) - (a.at(-1) ?? 0);
  let high = (b.at(-1) ?? 0) - (a[0] ?? 0);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (countUpTo({ a, b }, middle) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many differences are at most `limit`: both arms ascend, so one pass is enough. */
function countUpTo({ a, b }: ShiftArms, limit: number): number {
  let below = 0;
  let count = 0;
  for (const value of a) {
    while (below < b.length && (b[below] ?? Infinity) - value <= limit) below += 1;
    count += below;
  }
  return count;
}

/** A difference with a request that never answered is no number. */
function known(value: number): number | null {
  return Math.abs(value) < noValue / 2 ? value : null;
}
