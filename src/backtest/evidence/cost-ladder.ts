// The same strategy at rising costs, and the cost at which nothing is left.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import type { Params, Strategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import { replayStrategy } from "../replay-strategy.ts";

const rungs = [0, 5, 20, 50] as const;
const highestBps = 1_000;
const halvings = 12;
const basisPoint = 1e-4;

export interface CostLadder {
  readonly rungs: readonly { readonly costBps: number; readonly returnPct: number }[];
  /** Cost per side at which the return is zero, to a quarter of a basis point; null when even no cost leaves none, or 10 % do. */
  readonly breakEvenBps: number | null;
}

export function costLadder(candles: Candles, strategy: Strategy, params: Params, config: EngineConfig): CostLadder {
  const returnAt = (costBps: number): number => {
    const commission = { ...config.commission, relative: costBps * basisPoint };
    const { equity } = replayStrategy(candles, strategy, params, { ...config, commission }).simulation;
    return 100 * (at(equity, equity.length - 1) / config.cash - 1);
  };
  const steps = rungs.map((costBps) => ({ costBps, returnPct: returnAt(costBps) }));
  return { rungs: steps, breakEvenBps: breakEven(returnAt, steps[0]?.returnPct ?? NaN) };
}

function breakEven(returnAt: (costBps: number) => number, free: number): number | null {
  if (!(free > 0) || returnAt(highestBps) > 0) return null;
  let [low, high] = [0, highestBps];
  for (let step = 0; step < halvings; step += 1) {
    const middle = (low + high) / 2;
    if (returnAt(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
