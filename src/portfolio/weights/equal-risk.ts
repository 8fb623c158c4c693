// Equal risk contribution: the minimum of ½xᵀΣx - (1/n)Σ ln xᵢ, normalised (Maillard, Roncalli, Teïletche 2010; Spinu 2013).
// Newton's method with halved steps; the function is strictly convex, so there is one minimum.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { cell, dot, solve, times, type Matrix } from "../../numerics/matrix.ts";

const steps = 200;
const halvings = 60;
const closeEnough = 1e-14;

/** Weights above zero that sum to one. Throws `usage.invalid` when the covariance is not positive definite. */
export function equalRisk(cov: Matrix): number[] {
  const budget = 1 / cov.length;
  let x = cov.map((_, i) => Math.sqrt(budget / cell(cov, i, i)));
  for (let step = 0; step < steps; step += 1) {
    const gradient = times(cov, x).map((value, i) => value - budget / (x[i] ?? NaN));
    if (Math.max(...gradient.map((value, i) => Math.abs(value * (x[i] ?? NaN)))) <= closeEnough) break;
    const hessian = cov.map((row, i) => row.map((value, j) => value + (i === j ? budget / (x[i] ?? NaN) ** 2 : 0)));
    const direction = solve(hessian, gradient);
    const next = descend(cov, budget, x, direction);
    if (next === null) break;
    x = next;
  }
  const sum = x.reduce((total, value) => total + value, 0);
  if (!(sum > 0)) {
    throw new SwarmError("usage.invalid", "Cannot spread the risk equally: the covariance is not positive definite", {
      hint: "Leave out one of the series that repeat each other, or give more observations",
    });
  }
  return x.map((value) => value / sum);
}

function descend(cov: Matrix, budget: number, x: readonly number[], direction: readonly number[]): number[] | null {
  const value = objective(cov, budget, x);
  for (let halving = 0, length = 1; halving < halvings; halving += 1, length /= 2) {
    const next = x.map((at, i) => at - length * (direction[i] ?? NaN));
    if (next.every((at) => at > 0) && objective(cov, budget, next) <= value) return next;
  }
  return null;
}

function objective(cov: Matrix, budget: number, x: readonly number[]): number {
  return dot(x, times(cov, x)) / 2 - budget * x.reduce((sum, value) => sum + Math.log(value), 0);
}
