// The closed trades in another order. The order cannot change what they come to, only how deep the way there led: how much of the
// drawdown was the luck of the sequence.
import { seededDraws } from "../../market/synthetic/normal-stream.ts";
import { bandOf, pathOf, type Band } from "./bands.ts";

/** Whether a trade would have been as large a share of another balance, or as large an amount. */
export type SizedBy = "balance" | "amount";

export interface TradeOrder {
  readonly trades: number;
  readonly sizedBy: SizedBy;
  /** The trades in the order of the run, on what was closed: open positions and marks between are left out. */
  readonly observed: { readonly returnPct: number; readonly maxDrawdownPct: number };
  /** One number up to rounding, whatever the order; amounts can ruin an account in an order that the run did not have. */
  readonly returnPct: Band;
  readonly maxDrawdownPct: Band;
}

export interface Closed {
  /** Of the closed trades, after costs, in order of closing. */
  readonly profits: readonly number[];
  readonly cash: number;
  readonly sizedBy: SizedBy;
}

/** By balance: what was closed after a trade over what was closed before it. By amount: its profit over the cash at the start. */
function stepsOf({ profits, cash, sizedBy }: Closed): Float64Array | null {
  const steps = new Float64Array(profits.length);
  let balance = cash;
  for (const [row, profit] of profits.entries()) {
    steps[row] = sizedBy === "balance" ? (balance + profit) / balance : profit / cash;
    balance += profit;
    if (balance <= 0) return null;
  }
  return steps;
}

/** null with fewer than two trades, or once nothing was left. Shuffled by Durstenfeld (1964): every order equally likely. */
export function tradeOrder(closed: Closed, paths: number, seed: number): TradeOrder | null {
  const steps = stepsOf(closed);
  const trades = closed.profits.length;
  if (steps === null || trades < 2) return null;
  const adds = closed.sizedBy === "amount";
  const { uniform } = seededDraws(seed);
  const [returns, drawdowns] = [new Float64Array(paths), new Float64Array(paths)];
  const order = steps.slice();
  for (let path = 0; path < paths; path += 1) {
    for (let last = trades - 1; last > 0; last -= 1) {
      const other = Math.floor(uniform() * (last + 1));
      const [a = NaN, b = NaN] = [order[last], order[other]];
      order[last] = b;
      order[other] = a;
    }
    const { returnPct, maxDrawdownPct } = pathOf(order, adds);
    returns[path] = returnPct;
    drawdowns[path] = maxDrawdownPct;
  }
  return {
    trades,
    sizedBy: closed.sizedBy,
    observed: pathOf(steps, adds),
    returnPct: bandOf(returns),
    maxDrawdownPct: bandOf(drawdowns),
  };
}
