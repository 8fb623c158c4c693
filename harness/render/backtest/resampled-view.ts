// The bands of Monte Carlo as rows: this run beside the quantiles of the paths, and how many of them lose.
import type { MonteCarlo } from "./backtest-document.ts";
import { figure, plain } from "./numbers.ts";

type Band = MonteCarlo["bootstrap"]["returnPct"];

export function resampledView({ paths, seed, bootstrap, tradeOrder, note }: MonteCarlo) {
  const { periods, blockPeriods, observed, lossProbability } = bootstrap;
  const blocks = `${plain(periods)} periods in blocks of ${plain(blockPeriods)} on the average`;
  const orders =
    tradeOrder === null ? "" : ` The ${plain(tradeOrder.trades)} closed trades in another order each time.`;
  return {
    how: `${plain(paths)} paths with seed ${seed}: ${blocks}; ${plain(100 * lossProbability)} % of them end below their start.${orders}`,
    heads: ["5 % of paths below", "Half of paths below", "95 % of paths below"],
    rows: [
      row("Return, blocks, %", observed.returnPct, bootstrap.returnPct),
      row("Deepest drawdown, blocks, %", observed.maxDrawdownPct, bootstrap.maxDrawdownPct),
      row("Sharpe ratio a year, blocks", observed.sharpe, bootstrap.sharpe),
      ...(tradeOrder === null ? [] : orderRows(tradeOrder)),
    ],
    note: `${note}.`,
  };
}

function orderRows({ observed, returnPct, maxDrawdownPct }: NonNullable<MonteCarlo["tradeOrder"]>) {
  return [
    row("Return of closed trades, any order, %", observed.returnPct, returnPct),
    row("Deepest drawdown between closed trades, any order, %", observed.maxDrawdownPct, maxDrawdownPct),
  ];
}

function row(name: string, observed: number | null, band: Band | null) {
  return { name, cells: [observed, band?.p5 ?? null, band?.p50 ?? null, band?.p95 ?? null].map((one) => figure(one)) };
}
