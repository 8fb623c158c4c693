// E-divisive change point over history: advice, never a gate. Law: measurement §5.7, at least 5 points on each side.
import { studentTwoSided } from "./distributions.ts";

export const pointsEachSide = 5;

export interface ChangePoint {
  /** Length of the left part at the best split. */
  readonly tau: number;
  readonly q: number;
  readonly welchT: number;
  readonly welchP: number;
}

/** Null when the series is too short for any split. */
export function changePoint(series: readonly number[]): ChangePoint | null {
  let best: { tau: number; q: number } | null = null;
  for (let tau = pointsEachSide; tau <= series.length - pointsEachSide; tau += 1) {
    const q = energy(series.slice(0, tau), series.slice(tau));
    if (best === null || q > best.q) best = { tau, q };
  }
  if (best === null) return null;
  const { t, df } = welch(series.slice(0, best.tau), series.slice(best.tau));
  return { ...best, welchT: t, welchP: studentTwoSided(t, df) };
}

function energy(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const m = y.length;
  let across = 0;
  for (const a of x) for (const b of y) across += Math.abs(a - b);
  const within = inner(x) / ((n * (n - 1)) / 2) + inner(y) / ((m * (m - 1)) / 2);
  return ((n * m) / (n + m)) * ((2 / (n * m)) * across - within);
}

function inner(values: readonly number[]): number {
  let sum = 0;
  for (const [i, a] of values.entries()) for (const b of values.slice(i + 1)) sum += Math.abs(a - b);
  return sum;
}

/** Welch's t of left against right and its degrees of freedom. */
export function welch(left: readonly number[], right: readonly number[]): { readonly t: number; readonly df: number } {
  const a = moments(left);
  const b = moments(right);
  const total = a.errorSquared + b.errorSquared;
  const df = total ** 2 / (a.errorSquared ** 2 / (left.length - 1) + b.errorSquared ** 2 / (right.length - 1));
  return { t: (a.mean - b.mean) / Math.sqrt(total), df };
}

function moments(values: readonly number[]): { readonly mean: number; readonly errorSquared: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, errorSquared: variance / values.length };
}
