// What a set of decisions would hold before any limit: signed shares of equity, one per symbol, in the order given. A symbol that
// is not acted on is wished nothing, and no wish goes against its decision. Docs: 0047.
import { invariant } from "../../contracts/invariant.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { cell, dot, times, type Matrix } from "../../numerics/matrix.ts";
import { correlation } from "../weights/covariance.ts";
import { equalRisk } from "../weights/equal-risk.ts";
import { nonNegative } from "../weights/long-only.ts";

export type SizingMethod =
  /** The same share of equity for everything that is acted on. */
  | { readonly kind: "fixed-fraction"; readonly fraction: number }
  /** Positions in proportion to conviction/volatility, together with this volatility a year. */
  | { readonly kind: "volatility-target"; readonly volatility: number }
  /**
   * A decision of conviction c is an even bet won with probability (1 + |c|)/2, and the bets are correlated as the returns are:
   * `fraction` of argmax cᵀf - ½fᵀRf over positions on the side of their decision. Uncorrelated: fraction·c.
   */
  | { readonly kind: "kelly"; readonly fraction: number }
  /** Every position contributes the same risk; together `fraction` of equity. */
  | { readonly kind: "equal-risk"; readonly fraction: number };

/**
 * `convictions` are signed shares of 1, 0 where nothing is to be done; `cov` is of simple returns a year, null for a method that
 * asks nothing of them (`looksAtReturns`).
 * Throws `usage.invalid` for a fraction or volatility outside of its range, and for returns that do not move.
 */
export function wishWeights(
  method: SizingMethod,
  convictions: readonly number[],
  cov: Matrix | null,
): readonly number[] {
  checkMethod(method);
  if (method.kind === "fixed-fraction") return convictions.map((c) => 0 + Math.sign(c) * method.fraction);
  invariant(cov?.length === convictions.length, "there is one row of covariance per decision");
  const acting = convictions.flatMap((c, i) => (c === 0 ? [] : [i]));
  if (acting.length === 0) return convictions.map(() => 0);
  const signs = acting.map((i) => Math.sign(convictions[i] ?? 0));
  const size = acting.map((i) => Math.abs(convictions[i] ?? 0));
  // Mirrored where the decision is to sell: from here on every position is wished on its own side.
  const own = acting.map((i, a) => acting.map((j, b) => cell(cov, i, j) * (signs[a] ?? 0) * (signs[b] ?? 0)));
  if (!own.every((row, i) => (row[i] ?? 0) > 0)) throw unmoving();
  const wished = absolute(method, size, own);
  const weights = convictions.map(() => 0);
  acting.forEach((i, a) => (weights[i] = (signs[a] ?? 0) * (wished[a] ?? 0)));
  return weights;
}

/** Whether a method needs to know how the returns moved. */
export function looksAtReturns({ kind }: SizingMethod): boolean {
  return kind !== "fixed-fraction";
}

type ByRisk = Exclude<SizingMethod, { readonly kind: "fixed-fraction" }>;

function absolute(method: ByRisk, size: readonly number[], cov: Matrix): readonly number[] {
  switch (method.kind) {
    case "volatility-target": {
      const raw = size.map((c, i) => c / Math.sqrt(cell(cov, i, i)));
      const volatility = Math.sqrt(Math.max(0, dot(raw, times(cov, raw))));
      // Positions that hedge each other perfectly would be scaled without end.
      if (!(volatility > 1e-9)) throw unmoving();
      return raw.map((weight) => (weight * method.volatility) / volatility);
    }
    case "kelly":
      return nonNegative(correlation(cov), size).map((stake) => stake * method.fraction);
    case "equal-risk":
      return equalRisk(cov).map((share) => share * method.fraction);
  }
}

function checkMethod(method: SizingMethod): void {
  const [name, value, most] =
    method.kind === "volatility-target"
      ? (["volatility", method.volatility, 10] as const)
      : (["fraction", method.fraction, 1] as const);
  if (value > 0 && value <= most) return;
  throw new SwarmError(
    "usage.invalid",
    `Cannot size by ${method.kind}: its ${name} is ${value} but must be above 0, at most ${most}`,
    {
      hint: `Change the ${name}`,
    },
  );
}

function unmoving(): SwarmError {
  return new SwarmError(
    "usage.invalid",
    "Cannot size by risk: the returns, or those of all positions together, do not move",
    {
      hint: "Leave out a series that does not move, or size by a fixed fraction",
    },
  );
}
