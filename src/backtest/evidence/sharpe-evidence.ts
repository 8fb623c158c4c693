// How sure one may be that a Sharpe ratio is above zero, or above what the best of many tries would show by luck: Bailey and
// López de Prado, "The Sharpe Ratio Efficient Frontier" (2012) and "The Deflated Sharpe Ratio" (2014).
import { mean, sampleSd, shape } from "../../numerics/moments.ts";
import { normalCdf, normalQuantile } from "../../numerics/normal.ts";

const eulerGamma = 0.577_215_664_901_532_9;

/** Per period, not annualised; null when the returns do not move. */
export function sharpePerPeriod(returns: ArrayLike<number>): number | null {
  const ratio = mean(returns) / sampleSd(returns);
  return Number.isFinite(ratio) ? ratio : null;
}

/** Φ((SR - SR*)·√(T-1)/√(1 - γ₃·SR + (γ₄-1)/4·SR²)); null when it is not defined. `benchmark` is SR*, per period. */
export function probabilisticSharpe(returns: ArrayLike<number>, benchmark = 0): number | null {
  const ratio = sharpePerPeriod(returns);
  if (ratio === null) return null;
  const { skewness, kurtosis } = shape(returns);
  const spread = 1 - skewness * ratio + ((kurtosis - 1) / 4) * ratio * ratio;
  const value = normalCdf(((ratio - benchmark) * Math.sqrt(returns.length - 1)) / Math.sqrt(spread));
  return Number.isFinite(value) ? value : null;
}

/** The Sharpe ratio per period that the best of `trials` shows without any edge, from the spread of all of them. */
export function luckySharpe(trials: readonly number[]): number {
  const n = trials.length;
  if (n < 2) return 0;
  const far = (1 - eulerGamma) * normalQuantile(1 - 1 / n) + eulerGamma * normalQuantile(1 - 1 / (n * Math.E));
  return sampleSd(trials) * far;
}

/** The probabilistic Sharpe against what luck gives. `trials`: Sharpe per period of ALL trials, this one included. */
export function deflatedSharpe(returns: ArrayLike<number>, trials: readonly number[]): number | null {
  return probabilisticSharpe(returns, luckySharpe(trials));
}
