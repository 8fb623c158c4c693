// A bookmaker's prices without the margin. Four methods, because they disagree on long shots; all sum to one.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { findRoot } from "../../numerics/find-root.ts";
import { impliedProbability } from "./odds.ts";

export interface Devigged {
  /** Σ implied - 1. */
  readonly overround: number;
  readonly multiplicative: readonly number[];
  /** null where it would be negative. */
  readonly additive: readonly number[] | null;
  readonly power: readonly number[];
  readonly powerK: number;
  readonly shin: readonly number[];
  /** Share of insiders' money in Shin's model. */
  readonly shinZ: number;
}

/** Decimal odds of mutually exclusive, exhaustive outcomes. Throws `usage.invalid` for fewer than two, or an underround. */
export function devig(decimalOdds: readonly number[]): Devigged {
  const implied = decimalOdds.map((odds) => impliedProbability(odds));
  const booked = sum(implied);
  if (implied.length < 2 || booked < 1) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot remove a margin from ${implied.length} outcomes whose probabilities sum to ${booked}`,
      { hint: "Give every outcome of the event once; below 1 there is no margin to remove" },
    );
  }
  const additive = implied.map((q) => q - (booked - 1) / implied.length);
  const powerK = exponentOf(implied);
  const shinZ = insiderShare(implied, booked);
  return {
    overround: booked - 1,
    multiplicative: implied.map((q) => q / booked),
    additive: additive.every((p) => p >= 0) ? additive : null,
    power: implied.map((q) => q ** powerK),
    powerK,
    shin: implied.map((q) => shinProbability(q, booked, shinZ)),
    shinZ,
  };
}

const largestExponent = 1_000;

function exponentOf(implied: readonly number[]): number {
  return findRoot((k) => sum(implied.map((q) => q ** k)) - 1, 1, largestExponent);
}

/** pᵢ = (√(z² + 4(1-z)·qᵢ²/B) - z)/(2(1-z)). */
function shinProbability(q: number, booked: number, z: number): number {
  return (Math.sqrt(z * z + (4 * (1 - z) * q * q) / booked) - z) / (2 * (1 - z));
}

function insiderShare(implied: readonly number[], booked: number): number {
  const excess = (z: number): number => sum(implied.map((q) => shinProbability(q, booked, z))) - 1;
  return excess(0) <= 0 ? 0 : findRoot(excess, 0, 1 - 1e-9);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
