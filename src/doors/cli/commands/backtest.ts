// `backtest`: a strategy over recorded prices. Costs, the one-bar-lag rerun and the sample size stand beside every return, and
// invented prices are named as such on every line that shows them.
import type { BacktestOutput, BacktestResult } from "../../../contracts/operations/backtest.ts";
import { alignedPairs, alignedTable, type Cell } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList, asNumber, asNumberLists, asNumberPairs, asPaths, asWindows } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

const mostTrades = 20;
type Agents = NonNullable<BacktestOutput["agents"]>;

export const backtestCommand: CommandSpec = {
  name: "backtest",
  group: "Swarm",
  summary: "Replay a strategy over recorded prices with costs",
  schema: "backtest.input",
  operands: [],
  options: [
    { flags: "-s, --strategy <name>", key: "strategy", mandatory: true },
    { flags: "--start <date>", key: "start", text: "first day, YYYY-MM-DD", mandatory: true },
    { flags: "--end <date>", key: "end", text: "last day, YYYY-MM-DD (default: the end of the series)" },
    { flags: "--symbols <list>", key: "symbols", text: "symbols of the installed series, comma between", read: asList },
    { flags: "--cost-bps <number>", key: "costBps", read: asNumber },
    { flags: "--cash <dollars>", key: "cash", read: asNumber },
    {
      flags: "--param <key=number>",
      key: "params",
      text: "parameter of the strategy, repeatable",
      read: asNumberPairs,
    },
    { flags: "--mode <name>", key: "mode" },
    { flags: "--size <number>", key: "size", read: asNumber },
    { flags: "--fixed-fee <dollars>", key: "fixedFee", read: asNumber },
    { flags: "--spread-bps <number>", key: "spreadBps", read: asNumber },
    { flags: "--slippage-bps <number>", key: "slippageBps", read: asNumber },
    { flags: "--margin <share>", key: "margin", read: asNumber },
    { flags: "--borrow-pct <number>", key: "borrowPct", read: asNumber },
    { flags: "--interest-pct <number>", key: "interestPct", read: asNumber },
    { flags: "--trade-on-close", key: "tradeOnClose" },
    { flags: "--finalize", key: "finalize" },
    { flags: "--clip", key: "clip" },
    { flags: "--data-file <file>", key: "dataFile" },
    { flags: "--feed <name>", key: "feed" },
    { flags: "--accept-jumps", key: "acceptJumps" },
    { flags: "--synthetic <seed>", key: "synthetic", read: asNumber },
    { flags: "--world <name>", key: "world" },
    {
      flags: "--grid <key=numbers>",
      key: "grid",
      text: "values of a parameter, comma between, repeatable",
      read: asNumberLists,
    },
    {
      flags: "--walk-forward <train:test>",
      key: "walkForward",
      text: "bars to choose on and bars to judge on",
      read: asWindows,
    },
    { flags: "--luck", key: "luck" },
    {
      flags: "--monte-carlo <paths:seed:block>",
      key: "monteCarlo",
      text: "also draw the periods again in blocks, and the trades in another order; seed and mean block may be left out",
      read: asPaths,
    },
    { flags: "--agents <number>", key: "agents", read: asNumber },
    { flags: "--page <file>", key: "page" },
  ],
  examples: [
    "e2b-swarm backtest --strategy momentum --start 2016-07-01 --end 2017-07-01 --symbols AAPL",
    "e2b-swarm backtest --strategy sma-cross --start 2013-05-13 --symbols AAPL --page backtest.html",
    "e2b-swarm backtest --strategy roc --start 2024-01-02 --end 2024-12-31 --symbols BTC/USD --feed ccxt:kraken",
    "e2b-swarm backtest --strategy macd --start 2014-01-01 --end 2018-01-01 --symbols AAPL --agents 3",
  ],
  async run(values, session) {
    const output = await session.call("backtest", values);
    const sections = output.results.map((result) => sectionOf(result));
    if (output.agents !== undefined) sections.push(agentsOf(output.agents));
    if (output.page !== undefined) sections.push(`page  ${output.page}`);
    return { data: wireForm("backtest.output", output), text: sections.join("\n\n") };
  },
};

function sectionOf(result: BacktestResult): string {
  const rows = Object.entries(result.metrics).map(([name, value]): Cell[] => [
    name,
    figure(value),
    figure(result.oneBarLag[name] ?? null),
  ]);
  const head = `${result.symbol}  ${result.first} to ${result.last}, ${result.bars} bars, ${result.trades.length} trades, look-ahead check ${result.lookAheadCheck}`;
  const parts = [
    ...(result.synthetic ? [`SYNTHETIC  ${result.source}`] : []),
    head,
    alignedTable(["METRIC", "VALUE", "ONE BAR LATER"], rows),
    tradesOf(result),
    costsOf(result),
    alignedPairs(result.certificate.checks.map(({ name, outcome }) => [name, outcome] as const)),
    ...walkOf(result),
    ...monteCarloOf(result),
    result.note,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function agentsOf({ count, sandboxes, dropped, sandboxSeconds, elapsedSeconds, parts }: Agents): string {
  const rows = parts.map(({ symbol, agentId, sandboxId, first, last, bars }): Cell[] => {
    return [symbol, agentId, sandboxId, first, last, bars];
  });
  const cost = `${figure(sandboxSeconds)} sandbox seconds in ${figure(elapsedSeconds)} seconds`;
  const head = `decided by ${count} agents in ${sandboxes} sandboxes, ${dropped} of them dropped; ${cost}`;
  return `${head}\n${alignedTable(["SYMBOL", "AGENT", "SANDBOX", "FIRST", "LAST", "BARS"], rows)}`;
}

function costsOf({ evidence }: BacktestResult): string {
  const rows = evidence.costLadder.map(({ costBps, returnPct }): Cell[] => [costBps, figure(returnPct)]);
  const trials = `chance that the Sharpe ratio is above zero ${percent(evidence.probabilisticSharpe)}, above the luck of ${evidence.trials} trials ${percent(evidence.deflatedSharpe)}`;
  const luck = evidence.noEdge;
  const edge =
    luck === null
      ? []
      : [
          `above ${luck.driftlessPercentile} % of ${luck.worlds} driftless worlds and ${luck.shuffledPercentile} % of shuffled ones`,
        ];
  const fit = evidence.overfitting;
  const overfit =
    fit === null ? [] : [`probability of overfitting ${percent(fit.probability)} over ${fit.splits} splits`];
  const even =
    evidence.breakEvenBps === null ? [] : [`nothing is left at ${figure(evidence.breakEvenBps)} basis points per side`];
  return [alignedTable(["COST BPS", "RETURN PCT"], rows), ...even, trials, ...edge, ...overfit].join("\n");
}

function tradesOf({ trades }: BacktestResult): string {
  if (trades.length === 0) return "";
  const rows = trades
    .slice(-mostTrades)
    .map((trade): Cell[] => [
      trade.entryDate,
      trade.exitDate,
      figure(trade.size),
      figure(trade.entryPrice),
      figure(trade.exitPrice),
      figure(trade.fees),
      figure(trade.profit),
    ]);
  const table = alignedTable(["IN", "OUT", "SIZE", "PRICE IN", "PRICE OUT", "COSTS", "PROFIT"], rows);
  return trades.length > mostTrades
    ? `${table}\nthe last ${mostTrades} of ${trades.length} trades; --json has all`
    : table;
}

function walkOf({ walkForward }: BacktestResult): string[] {
  if (walkForward === undefined) return [];
  const rows = walkForward.folds.map((fold): Cell[] => [
    fold.testFirst,
    fold.testLast,
    Object.entries(fold.params)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
    figure(fold.trainReturnPct),
    figure(fold.testReturnPct),
  ]);
  return [alignedTable(["TEST FROM", "TO", "CHOSEN BEFORE", "TRAIN PCT", "TEST PCT"], rows)];
}

function monteCarloOf({ evidence: { monteCarlo } }: BacktestResult): string[] {
  if (monteCarlo === null) return [];
  const { paths, seed, bootstrap, tradeOrder, note } = monteCarlo;
  const row = (name: string, observed: number | null, band: typeof bootstrap.sharpe): Cell[] => {
    return [name, figure(observed), ...[band?.p5, band?.p50, band?.p95].map((value) => figure(value ?? null))];
  };
  const { periods, blockPeriods, observed, lossProbability } = bootstrap;
  const rows = [
    row("returnPct, blocks", observed.returnPct, bootstrap.returnPct),
    row("maxDrawdownPct, blocks", observed.maxDrawdownPct, bootstrap.maxDrawdownPct),
    row("sharpeArith, blocks", observed.sharpe, bootstrap.sharpe),
    ...(tradeOrder === null
      ? []
      : [
          row("returnPct, order of trades", tradeOrder.observed.returnPct, tradeOrder.returnPct),
          row("maxDrawdownPct, order of trades", tradeOrder.observed.maxDrawdownPct, tradeOrder.maxDrawdownPct),
        ]),
  ];
  return [
    alignedTable(["MONTE CARLO", "THIS RUN", "5 %", "50 %", "95 %"], rows),
    `${paths} paths with seed ${seed}: ${periods} periods in blocks of ${figure(blockPeriods)} on the average, ${percent(lossProbability)} of the paths lose`,
    `${note}.`,
  ];
}

function figure(value: number | null): Cell {
  return value === null ? null : Number(value.toPrecision(6));
}

function percent(value: number | null): string {
  return value === null ? "-" : `${Number((100 * value).toPrecision(3))} %`;
}
