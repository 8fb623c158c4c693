// Two prices that keep together: sell the dear one and buy the cheap one when their spread is far from its mean, leave when it
// is near. Pure: from the logs of a window to a z-score and a hedge ratio, and from those to a decision.
import { at } from "../../market/indicators/blank.ts";
import type { BookChange } from "../book-strategy.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface PairsParams {
  /** Bars of the window, the current one included. */
  readonly period: number;
  /** Enter beyond this many deviations. */
  readonly enter: number;
  /** Leave within this many. */
  readonly exit: number;
  /** Dollars of the first leg; the second has as many times the hedge ratio. */
  readonly notional: number;
  /** `ratio`: ln A - ln B. `ols`: residual of ln A on 1 and ln B in the window. */
  readonly mode: "ratio" | "ols";
}

export const pairsDefaults: PairsParams = { period: 60, enter: 2, exit: 0.5, notional: 20_000, mode: "ols" };

/** Throws `usage.invalid` for a window, threshold or notional that makes no sense. */
export function checkPairsParams(given: Partial<PairsParams> = {}): PairsParams {
  const params = { ...pairsDefaults, ...given };
  const { period, enter, exit, notional } = params;
  const fits = Number.isInteger(period) && period >= 3 && exit >= 0 && exit < enter && notional > 0;
  if (fits && Number.isFinite(enter) && Number.isFinite(notional)) return params;
  throw new SwarmError("usage.invalid", `Cannot trade the pair with ${JSON.stringify(given)}`, {
    hint: "period is a whole number from 3, exit lies from 0 to below enter, notional is above 0",
  });
}

export interface PairsPoint {
  readonly z: number;
  readonly beta: number;
}

/** z-score and hedge ratio on `bar`; NaN before bar period-1. z is 0 where the window does not move. */
export function pairsPoint(lnA: Float64Array, lnB: Float64Array, bar: number, params: PairsParams): PairsPoint {
  const from = bar - params.period + 1;
  if (from < 0) return { z: NaN, beta: NaN };
  const beta = params.mode === "ratio" ? 1 : slopeOf(lnA, lnB, from, bar);
  const spread = new Float64Array(params.period);
  let sum = 0;
  for (let i = 0; i < params.period; i += 1) {
    const value = at(lnA, from + i) - beta * at(lnB, from + i);
    spread[i] = value;
    sum += value;
  }
  const mean = sum / params.period;
  let squares = 0;
  for (const value of spread) squares += (value - mean) ** 2;
  const sd = Math.sqrt(squares / params.period);
  return { z: sd === 0 ? 0 : (at(spread, params.period - 1) - mean) / sd, beta };
}

function slopeOf(y: Float64Array, x: Float64Array, from: number, to: number): number {
  const count = to - from + 1;
  let [sumX, sumY] = [0, 0];
  for (let bar = from; bar <= to; bar += 1) {
    sumX += at(x, bar);
    sumY += at(y, bar);
  }
  const [meanX, meanY] = [sumX / count, sumY / count];
  let [both, own] = [0, 0];
  for (let bar = from; bar <= to; bar += 1) {
    const away = at(x, bar) - meanX;
    both += away * (at(y, bar) - meanY);
    own += away * away;
  }
  return both / own;
}

/** S: sell A, buy B. L: buy A, sell B. X: leave. */
export type PairsAction = "S" | "L" | "X";

export interface PairsDecision {
  readonly action: PairsAction;
  /** Whole units of each leg, unsigned; 0 when leaving. */
  readonly quantityA: number;
  readonly quantityB: number;
}

/** `unitsA` is the signed holding of A. null = nothing to do. */
export function decidePair(
  { z, beta }: PairsPoint,
  unitsA: number,
  closes: readonly [number, number],
  { enter, exit, notional }: PairsParams,
): PairsDecision | null {
  if (unitsA !== 0) {
    const near = unitsA > 0 ? z >= -exit : z <= exit;
    return near ? { action: "X", quantityA: 0, quantityB: 0 } : null;
  }
  if (!(Math.abs(z) > enter) || !(beta > 0)) return null;
  const quantityA = Math.floor(notional / closes[0]);
  const quantityB = Math.floor((notional * Math.abs(beta)) / closes[1]);
  if (!(quantityA > 0 && quantityB > 0)) return null;
  return { action: z > 0 ? "S" : "L", quantityA, quantityB };
}

/** The decision as changes of the holdings, A first. */
export function pairChanges({ action, quantityA, quantityB }: PairsDecision, units: readonly number[]): BookChange[] {
  const [heldA = 0, heldB = 0] = units;
  const sign = action === "S" ? -1 : 1;
  const [a, b] = action === "X" ? [-heldA, -heldB] : [sign * quantityA, -sign * quantityB];
  return [
    { symbol: 0, units: a ?? 0 },
    { symbol: 1, units: b ?? 0 },
  ].filter((change) => change.units !== 0);
}
