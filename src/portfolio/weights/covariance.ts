// What weights are made of: means, sample covariance, correlation, and the Ledoit–Wolf estimate that shrinks it.
import { mean, sampleCovariance } from "../../numerics/moments.ts";
import { cell, type Matrix } from "../../numerics/matrix.ts";

/** One row of simple returns per asset, all of equal length. Covariance over n-1, times periods per year. */
export function covariance(returns: readonly ArrayLike<number>[], periodsPerYear = 1): number[][] {
  return returns.map((a) => returns.map((b) => sampleCovariance(a, b) * periodsPerYear));
}

/** Arithmetic means, times periods per year. */
export function meanReturns(returns: readonly ArrayLike<number>[], periodsPerYear = 1): number[] {
  return returns.map((row) => mean(row) * periodsPerYear);
}

export function correlation(cov: Matrix): number[][] {
  return cov.map((row, i) => row.map((value, j) => value / Math.sqrt(cell(cov, i, i) * cell(cov, j, j))));
}

export interface Shrunk {
  /** In [0, 1]: 0 is the sample, 1 the target. */
  readonly shrinkage: number;
  /** Per period, over T (not T-1). */
  readonly cov: number[][];
}

/**
 * Ledoit–Wolf (2004) toward the scaled identity: S over T, m = tr S/n, d² = ‖S - mI‖²/n,
 * b² = min(d², Σ‖xₜxₜᵀ - S‖²/(n·T²)), shrinkage b²/d².
 */
export function ledoitWolf(returns: readonly ArrayLike<number>[]): Shrunk {
  const n = returns.length;
  const periods = returns[0]?.length ?? 0;
  const centred = returns.map((row) => {
    const centre = mean(row);
    return Float64Array.from(row, (value) => value - centre);
  });
  const sample = centred.map((a) => centred.map((b) => mean(a.map((value, t) => value * (b[t] ?? NaN)))));
  const level = sample.reduce((sum, row, i) => sum + (row[i] ?? NaN), 0) / n;
  const distance = squares(sample, (i, j) => (i === j ? level : 0)) / n;
  let spread = 0;
  for (let t = 0; t < periods; t += 1) {
    spread += squares(sample, (i, j) => (centred[i]?.[t] ?? NaN) * (centred[j]?.[t] ?? NaN));
  }
  const shrinkage = distance === 0 ? 0 : Math.min(distance, spread / (n * periods * periods)) / distance;
  const cov = sample.map((row, i) =>
    row.map((value, j) => (1 - shrinkage) * value + (i === j ? shrinkage * level : 0)),
  );
  return { shrinkage, cov };
}

/** Σ (a - b)² over all cells. */
function squares(a: Matrix, b: (row: number, column: number) => number): number {
  let sum = 0;
  a.forEach((row, i) => row.forEach((value, j) => (sum += (value - b(i, j)) ** 2)));
  return sum;
}
