// One symbol, one strategy: trades one by one, every statistic, and the equity series by its hash.
import { isRecord } from "../../src/contracts/json.ts";
import { defaultConfig, type EngineConfig, type Trades } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import { runStatistics } from "../../src/backtest/statistics/run-statistics.ts";
import { scaleCandles } from "../../src/backtest/scale-candles.ts";
import { checkParams } from "../../src/strategies/check-params.ts";
import { findStrategy } from "../../src/strategies/find-strategy.ts";
import type { Params } from "../../src/strategies/strategy.ts";
import { near, openComparison, relative, same, seriesHash, type Comparison } from "./comparison.ts";
import type { DataSets } from "./data-sets.ts";
import {
  flagAt,
  listAt,
  numberAt,
  numbers,
  numbersAt,
  objectAt,
  objectsAt,
  rowsAt,
  textAt,
  type Json,
} from "./read-json.ts";

const money = 1e-6;
const statistics = 1e-8;

export function compareSingle(file: Json, data: DataSets): Comparison {
  const into = openComparison();
  const config = objectAt(file, "config");
  const unit = typeof config["fractionalUnit"] === "number" ? config["fractionalUnit"] : 1;
  const candles = scaleCandles(data.daily(textAt(objectAt(file, "data"), "set")), unit);
  const given = objectAt(file, "strategy");
  const { params, size } = paramsOf(objectAt(given, "params"));
  const strategy = { ...findStrategy(textAt(given, "id")), exclusiveOrders: flagAt(config, "exclusiveOrders") };
  const own: EngineConfig = { ...engineConfig(config), ...(size === undefined ? {} : { size }) };
  const { simulation, firstIndicatorBar } = replayStrategy(candles, strategy, checkParams(strategy, params), own);
  same(into, "firstIndicatorBar", firstIndicatorBar, numberAt(file, "firstIndicatorBar"));
  same(into, "firstDecisionBar", simulation.firstDecisionBar, numberAt(file, "firstDecisionBar"));
  compareTrades(into, file, simulation.trades, unit);
  const open = objectsAt(file, "openTrades");
  same(into, "open trades", simulation.open.length, open.length);
  open.forEach((row, at) => {
    const ours = simulation.open[at];
    near(into, `size of open trade ${at}`, (ours?.size ?? NaN) * unit, numberAt(row, "size"), unit / 2);
    same(into, `entryBar of open trade ${at}`, ours?.entryBar, numberAt(row, "entryBar"));
    near(into, `entryPrice of open trade ${at}`, (ours?.entryPrice ?? NaN) / unit, numberAt(row, "entryPrice"), money);
    near(into, `unrealized of open trade ${at}`, ours?.unrealised, numberAt(row, "unrealized"), money);
  });
  near(into, "finalCash", simulation.finalCash, numberAt(file, "finalCash"), money);
  const stats = runStatistics(candles, simulation, firstIndicatorBar);
  for (const [name, wanted] of Object.entries(objectAt(file, "stats"))) {
    relative(into, name, stats[name], wanted, statistics);
  }
  compareSeries(into, "equity", simulation.equity, objectAt(file, "equity"), money);
  return into;
}

/** `size` is the account's, not the rule's: a fraction of the available margin, or whole units. */
function paramsOf(given: Json): { readonly params: Params; readonly size: number | undefined } {
  const { size, ...rest } = given;
  const params = Object.fromEntries(Object.keys(rest).map((name) => [name, numberAt(rest, name)]));
  return { params, size: typeof size === "number" ? size : undefined };
}

function engineConfig(config: Json): EngineConfig {
  const { commission } = config;
  return {
    ...defaultConfig,
    cash: numberAt(config, "cash"),
    commission: isRecord(commission)
      ? { fixed: numberAt(commission, "fixed"), relative: numberAt(commission, "relative") }
      : { fixed: 0, relative: numberAt(config, "commission") },
    spread: numberAt(config, "spread"),
    margin: numberAt(config, "margin"),
    tradeOnClose: flagAt(config, "tradeOnClose"),
    finalizeTrades: flagAt(config, "finalizeTrades"),
  };
}

const exact = ["entryBar", "exitBar"] as const;
const priced = { entryPrice: "entryPrice", exitPrice: "exitPrice" } as const;
const booked = { pnl: "profit", commission: "fees", returnFrac: "returnFraction" } as const;

function compareTrades(into: Comparison, file: Json, trades: Trades, unit: number): void {
  const columns = new Map<string, readonly number[]>(Object.entries(trades));
  const names = listAt(file, "tradeColumns");
  const rows = rowsAt(file, "trades").map((row) => numbers(row, "trades"));
  same(into, "trades", columns.get("size")?.length, rows.length);
  rows.forEach((row, at) => {
    const theirs = (name: string): number | undefined => row[names.indexOf(name)];
    const ours = (name: string): number => columns.get(name)?.[at] ?? NaN;
    near(into, `size of trade ${at}`, ours("size") * unit, theirs("size"), unit / 2);
    for (const name of exact) same(into, `${name} of trade ${at}`, ours(name), theirs(name));
    for (const [name, own] of Object.entries(priced))
      near(into, `${name} of trade ${at}`, ours(own) / unit, theirs(name), money);
    for (const [name, own] of Object.entries(booked))
      near(into, `${name} of trade ${at}`, ours(own), theirs(name), money);
  });
}

/** First and last values, length and hash of a series. */
export function compareSeries(into: Comparison, name: string, ours: Float64Array, file: Json, tolerance: number): void {
  same(into, `length of ${name}`, ours.length, numberAt(file, "n"));
  const [first, last] = [numbersAt(file, "first"), numbersAt(file, "last")];
  first.forEach((value, at) => near(into, `${name} ${at}`, ours[at], value, tolerance));
  last.forEach((value, at) => {
    const place = ours.length - last.length + at;
    near(into, `${name} ${place}`, ours[place], value, tolerance);
  });
  same(
    into,
    `hash of ${name}`,
    seriesHash(ours, numberAt(file, "scale"), numberAt(file, "phi")),
    textAt(file, "sha256"),
  );
}
