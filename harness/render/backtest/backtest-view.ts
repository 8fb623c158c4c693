// The words and numbers of the page, ready to be set. No sentence here says that a strategy earns anything.
import type { BacktestDocument, BacktestRow } from "./backtest-document.ts";
import { lineChart } from "./line-chart.ts";
import { figure, plain } from "./numbers.ts";
import { resampledView } from "./resampled-view.ts";

const mostTrades = 2_000;

export function backtestView({ backtestId, completedAt, results }: BacktestDocument) {
  const synthetic = results.some((row) => row.synthetic);
  const symbols = results.map((row) => row.symbol).join(", ");
  return {
    title: `${synthetic ? "SYNTHETIC: " : ""}${results[0]?.strategy ?? ""} on ${symbols}`,
    lineOne: synthetic
      ? "SYNTHETIC prices, invented from a seed: this page says nothing about any market"
      : "A replay of recorded prices: it says nothing about future results",
    eyebrow: `Backtest ${backtestId}, ${completedAt}`,
    lead: "Costs, the same run with every order one bar later, and the number of trades stand beside every return.",
    results: results.map((row, place) => resultView(row, `r${place}`)),
  };
}

function resultView(row: BacktestRow, id: string) {
  const draw = (
    key: string,
    title: string,
    pick: (at: BacktestRow["series"][number]) => number,
    unit: string,
  ): string =>
    lineChart({
      key: `${id}-${key}`,
      title,
      points: row.series.map((at) => ({ date: at.date, value: pick(at) })),
      label: (value) => `${plain(value)}${unit}`,
    });
  const shown = row.trades.slice(0, mostTrades);
  const hidden = row.trades.length - shown.length;
  return {
    id,
    name: `${row.symbol}, ${row.first} to ${row.last}, ${row.bars} bars`,
    note: row.note,
    equityChart: draw("equity", `Equity of ${row.strategy} on ${row.symbol}`, (at) => at.equity, ""),
    drawdownChart: draw("drawdown", `Drawdown of ${row.strategy} on ${row.symbol}`, (at) => at.drawdownPct, " %"),
    figures: Object.entries(row.metrics).map(([name, value]) => {
      return { name, value: figure(value), late: figure(row.oneBarLag[name] ?? null) };
    }),
    costs: row.evidence.costLadder.map((rung) => ({ cost: String(rung.costBps), value: `${plain(rung.returnPct)} %` })),
    resampled: row.evidence.monteCarlo === null ? [] : [resampledView(row.evidence.monteCarlo)],
    checks: row.certificate.checks.map((check) => `${check.name}: ${check.outcome}`),
    tradeCount:
      hidden > 0 ? `${row.trades.length} closed, the first ${shown.length} are listed` : `${row.trades.length} closed`,
    trades: shown.map((trade) => ({
      entered: trade.symbol === undefined ? trade.entryDate : `${trade.symbol} ${trade.entryDate}`,
      left: trade.exitDate,
      numbers: [trade.size, trade.entryPrice, trade.exitPrice, trade.fees, trade.profit].map((value) => plain(value)),
    })),
    origin: `Prices: ${row.source}, sha256 ${row.sha256}. Certificate ${row.certificate.sha256}.`,
  };
}
