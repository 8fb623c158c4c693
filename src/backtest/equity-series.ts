// Equity and drawdown per bar, for a page or a reader's own chart.
import type { BacktestResult } from "../contracts/operations/backtest.ts";
import { at } from "../market/indicators/blank.ts";
import { isoDate } from "../market/iso-date.ts";

export function equitySeries(equity: Float64Array, t: Float64Array): NonNullable<BacktestResult["series"]> {
  let top = -Infinity;
  return Array.from(equity, (value, bar) => {
    top = Math.max(top, value);
    return { date: isoDate(at(t, bar)), equity: value, drawdownPct: 100 * (value / top - 1) };
  });
}
