// Comparing two arms: Mann–Whitney (exact without ties, normal with), Hodges–Lehmann shift with its exact interval,
// Holm for several questions at once. Law: measurement §5.5 and §5.6. Shift is always b − a.
import { normalUpperTail } from "./distributions.ts";

/** Largest arm for the exact distribution; beyond it only the approximation is offered. */
export const largestExactArm = 60;

export interface MannWhitney {
  readonly ua: number;
  readonly ub: number;
  /** Two-sided; null with ties or with an arm above the limit. */
  readonly pExact: number | null;
  readonly pAsymptotic: number;
  readonly a12: number;
}

export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  const m = a.length;
  const n = b.length;
  let ua = 0;
  for (const x of a) for (const y of b) ua += x > y ? 1 : x === y ? 0.5 : 0;
  const ub = m * n - ua;
  const ties = tieSizes([...a, ...b]);
  const total = m + n;
  const correction = ties.reduce((sum, t) => sum + (t ** 3 - t), 0) / (total * (total - 1));
  const sigma = Math.sqrt(((m * n) / 12) * (total + 1 - correction));
  const z = sigma === 0 ? 0 : Math.max(0, (Math.abs(ua - (m * n) / 2) - 0.5) / sigma);
  const exact = ties.every((t) => t === 1) && Math.max(m, n) <= largestExactArm;
  return {
    ua,
    ub,
    pExact: exact ? Math.min(1, 2 * cumulative(uDistribution(m, n), Math.min(ua, ub))) : null,
    pAsymptotic: Math.min(1, 2 * normalUpperTail(z)),
    a12: ub / (m * n),
  };
}

/** P(U = u) for u = 0…m·n under the null, by c(u,i,j) = c(u−j,i−1,j) + c(u,i,j−1). */
export function uDistribution(m: number, n: number): readonly number[] {
  let row: number[][] = Array.from({ length: n + 1 }, () => [1]);
  for (let i = 1; i <= m; i += 1) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= n; j += 1) {
      const left = next[j - 1] ?? [];
      const above = row[j] ?? [];
      next.push(Array.from({ length: i * j + 1 }, (_, u) => (above[u - j] ?? 0) + (left[u] ?? 0)));
    }
    row = next;
  }
  const counts = row[n] ?? [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

function cumulative(distribution: readonly number[], u: number): number {
  return distribution.slice(0, Math.floor(u) + 1).reduce((sum, p) => sum + p, 0);
}

/** Smallest two-sided exact p that m against n can reach: 2 / C(m+n, m). */
export function smallestP(m: number, n: number): number {
  let choose = 1;
  for (let i = 1; i <= m; i += 1) choose = (choose * (n + i)) / i;
  return Math.min(1, 2 / choose);
}

export interface Shift {
  readonly k: number;
  readonly shift: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Median of all b − a with the closed interval [D(k+1), D(mn−k)]; `tail` is the error probability of each end used. */
export function hodgesLehmann(a: readonly number[], b: readonly number[], tail: number): Shift {
  const differences = a.flatMap((x) => b.map((y) => y - x)).sort((x, y) => x - y);
  let k = -1;
  let sum = 0;
  for (const p of uDistribution(a.length, b.length)) {
    sum += p;
    if (sum > tail * (1 + 1e-11)) break;
    k += 1;
  }
  const lower = k < 0 ? null : (differences[k] ?? null);
  const upper = k < 0 ? null : (differences[differences.length - k - 1] ?? null);
  return { k, shift: median(differences), lower, upper };
}

/** Type 7 median of values in any order. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + high) / 2 : high;
}

/** Holm's step-down adjusted p values, in the order of the sorted input. */
export function holm(p: readonly number[]): readonly number[] {
  let floor = 0;
  return [...p]
    .sort((x, y) => x - y)
    .map((value, index) => {
      floor = Math.max(floor, Math.min(1, (p.length - index) * value));
      return floor;
    });
}

function tieSizes(values: readonly number[]): readonly number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()];
}
