// Figures of a run with several symbols. Returns are bar by bar; drawdown is positive here; standard deviations over n.
import { mean, populationSd } from "../../numerics/moments.ts";
import { finite, type Figures } from "../statistics/trade-statistics.ts";
import { drawdownOf } from "../statistics/drawdowns.ts";
import type { BookRun } from "./simulate-book.ts";

const tradingDays = 252;

export function bookStatistics({ equity, book, rejected }: BookRun): Figures {
  const returns = Array.from(equity.subarray(1), (value, row) => value / (equity[row] ?? NaN) - 1);
  const net = book.legs.map(({ pnlNet }) => pnlNet);
  const last = equity[equity.length - 1] ?? NaN;
  return {
    finalEquity: finite(last),
    returnPct: finite(100 * (last / (equity[0] ?? NaN) - 1)),
    maxDrawdownPct: finite(100 * drawdownOf(equity)),
    sharpeDailySd0: sharpe(returns),
    sharpeDailySd0LeadingZero: sharpe([0, ...returns]),
    sqnSd0: finite((Math.sqrt(net.length) * mean(net)) / populationSd(net)),
    closedLegs: net.length,
    winningLegs: net.filter((value) => value > 0).length,
    commissionPaid: book.fills.reduce((sum, { fee }) => sum + fee, 0),
    fills: book.fills.length,
    rejected,
  };
}

function sharpe(returns: readonly number[]): number | null {
  return finite((mean(returns) / populationSd(returns)) * Math.sqrt(tradingDays));
}
