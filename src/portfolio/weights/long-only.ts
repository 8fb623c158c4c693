// Weights that are not negative, by the active-set method of Lawson and Hanson for non-negative quadratic programs. The start is
// empty; assets enter one at a time while their gradient asks for it and leave when a step would make them negative.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { cell, solve, times, type Matrix } from "../../numerics/matrix.ts";

const rounds = 1_000;
const tolerance = 1e-12;

/** Minimum variance without short positions; the weights sum to one. */
export function minimumVarianceLongOnly(cov: Matrix): number[] {
  return normalised(
    nonNegative(
      cov,
      cov.map(() => 1),
    ),
  );
}

/** Highest mean/volatility without short positions, risk-free rate 0. Throws `usage.invalid` when no mean is above zero. */
export function tangencyLongOnly(cov: Matrix, mu: readonly number[]): number[] {
  if (!mu.some((value) => value > 0)) {
    throw new SwarmError("usage.invalid", "Cannot find long-only weights: no mean return is above zero", {
      hint: "Use minimum variance, which needs no means",
    });
  }
  return normalised(nonNegative(cov, mu));
}

/** argmin ½xᵀΣx - rᵀx for x ≥ 0. Its direction is that of the portfolio that is best per unit of risk. */
export function nonNegative(cov: Matrix, right: readonly number[]): number[] {
  let x = right.map(() => 0);
  const active = new Set<number>();
  const scale = Math.max(...right.map((value) => Math.abs(value)));
  for (let round = 0; round < rounds; round += 1) {
    const slope = times(cov, x).map((value, i) => (right[i] ?? NaN) - value);
    const entering = slope
      .map((value, i) => ({ value, i }))
      .filter(({ i, value }) => !active.has(i) && value > tolerance * scale)
      .sort((a, b) => b.value - a.value)[0];
    if (entering === undefined) return x;
    active.add(entering.i);
    x = settle(cov, right, x, active);
  }
  return x;
}

/** Moves toward the unconstrained minimum over the active assets, dropping those that reach zero on the way. */
function settle(cov: Matrix, right: readonly number[], from: readonly number[], active: Set<number>): number[] {
  let x = [...from];
  for (let round = 0; round < cov.length + 1; round += 1) {
    const chosen = [...active].sort((a, b) => a - b);
    const part = solve(
      chosen.map((i) => chosen.map((j) => cell(cov, i, j))),
      chosen.map((i) => right[i] ?? NaN),
    );
    const target = x.map(() => 0);
    chosen.forEach((asset, place) => (target[asset] = part[place] ?? NaN));
    const blocked = chosen.filter((asset) => (target[asset] ?? NaN) <= 0);
    if (blocked.length === 0) return target;
    const reach = Math.min(
      ...blocked.map((asset) => (x[asset] ?? 0) / ((x[asset] ?? 0) - (target[asset] ?? 0) || Infinity)),
    );
    x = x.map((value, i) => value + reach * ((target[i] ?? 0) - value));
    for (const asset of blocked) if ((x[asset] ?? 0) <= tolerance) active.delete(asset);
    for (const asset of blocked) if (!active.has(asset)) x[asset] = 0;
  }
  return x;
}

function normalised(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
