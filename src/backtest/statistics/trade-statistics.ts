// Statistics of closed trades. Without any they are null, never zero.
import { at } from "../../market/indicators/blank.ts";
import type { Trades } from "../engine-config.ts";
import { mean, sampleSd } from "../../numerics/moments.ts";

export type Figures = Readonly<Record<string, number | null>>;

/** `round` turns milliseconds into whole seconds of the bars' unit. */
export function tradeStatistics(trades: Trades, t: Float64Array, round: (ms: number) => number): Figures {
  const count = trades.size.length;
  if (count === 0) return nothing;
  const { profit, returnFraction } = trades;
  const lasted = trades.exitBar.map((exit, row) => at(t, exit) - at(t, trades.entryBar[row] ?? 0));
  const wins = profit.filter((value) => value > 0);
  const losses = profit.filter((value) => value < 0);
  const won = wins.length / count;
  return {
    trades: count,
    winRatePct: 100 * won,
    bestTradePct: 100 * Math.max(...extremes(returnFraction)),
    worstTradePct: 100 * Math.min(...extremes(returnFraction)),
    avgTradeGeoPct: 100 * geometricMean(returnFraction),
    expectancyPct: 100 * mean(returnFraction),
    maxTradeSec: round(Math.max(...extremes(lasted))),
    avgTradeSec: round(mean(lasted)),
    profitFactorReturns: ratio(sumAbove(returnFraction), sumBelow(returnFraction)),
    profitFactorMoney: ratio(sumAbove(profit), sumBelow(profit)),
    sqn: finite((Math.sqrt(count) * mean(profit)) / sampleSd(profit)),
    kelly: finite(won - (1 - won) / (mean(wins) / -mean(losses))),
  };
}

const nothing: Figures = {
  trades: 0,
  winRatePct: null,
  bestTradePct: null,
  worstTradePct: null,
  avgTradeGeoPct: null,
  expectancyPct: null,
  maxTradeSec: null,
  avgTradeSec: null,
  profitFactorReturns: null,
  profitFactorMoney: null,
  sqn: null,
  kelly: null,
};

/** Smallest and largest; spreading a long list into Math.max would overflow the stack. */
function extremes(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function geometricMean(returns: readonly number[]): number {
  if (returns.some((value) => value <= -1)) return 0;
  return Math.exp(mean(returns.map((value) => Math.log(1 + value)))) - 1;
}

const sumAbove = (values: readonly number[]): number => values.reduce((sum, v) => (v > 0 ? sum + v : sum), 0);
const sumBelow = (values: readonly number[]): number => values.reduce((sum, v) => (v < 0 ? sum - v : sum), 0);
const ratio = (up: number, down: number): number | null => finite(up / down);

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
