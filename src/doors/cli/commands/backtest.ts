// `backtest`: a strategy over recorded prices. Costs, the one-bar-lag rerun and the sample size stand beside every return.
import { alignedTable, type Cell } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList, asNumber, asNumberPairs } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

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
  ],
  examples: ["e2b-swarm backtest --strategy momentum --start 2016-07-01 --end 2017-07-01 --symbols AAPL"],
  async run(values, session) {
    const output = await session.call("backtest", values);
    const sections = output.results.map((result) => {
      const rows = Object.entries(result.metrics).map(([name, value]): Cell[] => [
        name,
        figure(value),
        figure(result.oneBarLag[name] ?? null),
      ]);
      const head = `${result.symbol}  ${result.first} to ${result.last}, ${result.bars} bars, ${result.trades.length} trades, look-ahead check ${result.lookAheadCheck}`;
      return [head, alignedTable(["METRIC", "VALUE", "ONE BAR LATER"], rows), result.note].join("\n");
    });
    return { data: wireForm("backtest.output", output), text: sections.join("\n\n") };
  },
};

function figure(value: number | null): Cell {
  return value === null ? null : Number(value.toPrecision(6));
}
