// Weights with a formula: they may be negative, and they sum to one.
import { cell, dot, solve, times, type Matrix } from "../../numerics/matrix.ts";

function normalised(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Σ⁻¹1/(1ᵀΣ⁻¹1). Throws `usage.invalid` for a singular covariance. */
export function minimumVariance(cov: Matrix): number[] {
  return normalised(
    solve(
      cov,
      cov.map(() => 1),
    ),
  );
}

/** Σ⁻¹μ/(1ᵀΣ⁻¹μ), risk-free rate 0. Throws `usage.invalid` for a singular covariance. */
export function tangency(cov: Matrix, mu: readonly number[]): number[] {
  return normalised(solve(cov, mu));
}

/** Proportional to 1/σ. */
export function inverseVolatility(cov: Matrix): number[] {
  return normalised(cov.map((_, i) => 1 / Math.sqrt(cell(cov, i, i))));
}

/** Each asset's share of the portfolio's variance: wᵢ(Σw)ᵢ/(wᵀΣw). */
export function riskContributions(cov: Matrix, weights: readonly number[]): number[] {
  const marginal = times(cov, weights);
  const variance = dot(weights, marginal);
  return weights.map((weight, i) => (weight * (marginal[i] ?? NaN)) / variance);
}
