// The closed trades in another order. The order cannot change what they come to, only how deep the way there led: how much of the
// drawdown was the luck of the sequence.
import { seededDraws } from "../../market/synthetic/normal-stream.ts";
import { bandOf, pathOf, type Band } from "./bands.ts";

export interface TradeOrder {
  readonly trades: number;
  /** The trades in the order of the run, on what was closed: open positions and marks between are left out. */
  readonly observed: { readonly returnPct: number; readonly maxDrawdownPct: number };
  /** One number up to rounding, whatever the order. */
  readonly returnPct: Band;
  readonly maxDrawdownPct: Band;
}

/** Each trade as a factor: what was closed after it over what was closed before it. null once nothing was left. */
export function tradeFactors(profits: readonly number[], cash: number): Float64Array | null {
  const factors = new Float64Array(profits.length);
  let balance = cash;
  for (const [row, profit] of profits.entries()) {
    factors[row] = (balance + profit) / balance;
    balance += profit;
    if (balance <= 0) return null;
  }
  return factors;
}

/** null with fewer than two trades. Shuffled by Durstenfeld's algorithm (1964), every order equally likely. */
export function tradeOrder(factors: Float64Array, paths: number, seed: number): TradeOrder | null {
  const trades = factors.length;
  if (trades < 2) return null;
  const { uniform } = seededDraws(seed);
  const [returns, drawdowns] = [new Float64Array(paths), new Float64Array(paths)];
  const order = factors.slice();
  for (let path = 0; path < paths; path += 1) {
    for (let last = trades - 1; last > 0; last -= 1) {
      const other = Math.floor(uniform() * (last + 1));
      const [a = NaN, b = NaN] = [order[last], order[other]];
      order[last] = b;
      order[other] = a;
    }
    const { returnPct, maxDrawdownPct } = pathOf(order);
    returns[path] = returnPct;
    drawdowns[path] = maxDrawdownPct;
  }
  return { trades, observed: pathOf(factors), returnPct: bandOf(returns), maxDrawdownPct: bandOf(drawdowns) };
}
