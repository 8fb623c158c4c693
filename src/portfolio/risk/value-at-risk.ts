// What one period may lose. All positive = loss.
import { mean, quantile, sampleSd } from "../../numerics/moments.ts";

/** Φ⁻¹(0.95) and Φ⁻¹(0.99). */
const normalPoints = { 95: 1.644_853_626_951_472_2, 99: 2.326_347_874_040_841 } as const;

type Level = keyof typeof normalPoints;

const tail = (level: Level): number => (100 - level) / 100;

/** -quantile of the returns at 1 - level, linear interpolation. */
export function historicalVar(returns: ArrayLike<number>, level: Level = 95): number {
  return -quantile(returns, tail(level));
}

/** -mean of the returns at or below that quantile. */
export function expectedShortfall(returns: ArrayLike<number>, level: Level = 95): number {
  const limit = quantile(returns, tail(level));
  return -mean(Array.from(returns).filter((value) => value <= limit));
}

/** -(mean - z·s) with the sample deviation. */
export function normalVar(returns: ArrayLike<number>, level: Level = 95): number {
  return -(mean(returns) - normalPoints[level] * sampleSd(returns));
}

/** v ← λv + (1 - λ)r², seeded with the first squared return (RiskMetrics, λ = 0.94). */
export function ewmaVariance(returns: ArrayLike<number>, lambda = 0.94): number {
  let variance = (returns[0] ?? NaN) ** 2;
  for (let i = 1; i < returns.length; i += 1) variance = lambda * variance + (1 - lambda) * (returns[i] ?? NaN) ** 2;
  return variance;
}
