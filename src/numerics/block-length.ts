// How long the blocks of a stationary bootstrap should be on the average: Politis and White, "Automatic Block-Length Selection for
// the Dependent Bootstrap" (2004), with the constants that Patton, Politis and White corrected (2009).
import { mean } from "./moments.ts";

/** Lags in a row that must be indistinguishable from zero: K_N of the paper, which stays 5 for any series that fits in memory. */
const quietLags = 5;
/** A correlation is told from zero beyond this many √(log₁₀ N / N). */
const threshold = 2;

/**
 * ((2Ĝ²/D̂)·N)^(1/3) with Ĝ = Σ λ(k/M)|k|R(k), D̂ = 2(Σ λ(k/M)R(k))², over lags -M…M of the autocovariance R, λ the flat-top window;
 * M is twice the lag after which five correlations in a row are small. At least 1, at most min(3√N, N/3). 1 for a series that does
 * not move.
 */
export function blockLength(values: ArrayLike<number>): number {
  const n = values.length;
  const lags = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + quietLags);
  const covariance = autocovariances(values, lags);
  const variance = covariance[0] ?? 0;
  if (!(variance > 0)) return 1;
  const reach = Math.min(lags, 2 * lastCorrelatedLag(covariance, n));
  let [moment, longRun] = [0, variance];
  for (let lag = 1; lag <= reach; lag += 1) {
    const share = lag / reach;
    const weighted = 2 * (share <= 0.5 ? 1 : 2 * (1 - share)) * (covariance[lag] ?? 0);
    moment += lag * weighted;
    longRun += weighted;
  }
  const best = ((moment / longRun) ** 2 * n) ** (1 / 3);
  return Math.max(1, Math.min(best, Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))));
}

/** R(k) = Σ (x_i - x̄)(x_{i+k} - x̄) / n for k = 0…lags. */
function autocovariances(values: ArrayLike<number>, lags: number): Float64Array {
  const centre = mean(values);
  const n = values.length;
  return Float64Array.from({ length: lags + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < n; i += 1) sum += ((values[i] ?? NaN) - centre) * ((values[i - lag] ?? NaN) - centre);
    return sum / n;
  });
}

/** The smallest lag of at least 1 that is followed by five small correlations; without such a lag the largest that is not small. */
function lastCorrelatedLag(covariance: Float64Array, n: number): number {
  const limit = threshold * Math.sqrt(Math.log10(n) / n) * (covariance[0] ?? NaN);
  let [quiet, last] = [0, 1];
  for (let lag = 1; lag < covariance.length; lag += 1) {
    if (Math.abs(covariance[lag] ?? NaN) < limit) quiet += 1;
    else {
      quiet = 0;
      last = lag;
    }
    if (quiet === quietLags) return Math.max(1, lag - quietLags);
  }
  return last;
}
