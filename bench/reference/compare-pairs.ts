// Two legs: signals, fills and closed legs one by one, every statistic, equity and z by their hashes.
import { joinCandles } from "../../src/backtest/book/join-tapes.ts";
import { bookStatistics } from "../../src/backtest/book/book-statistics.ts";
import { replayPair } from "../../src/backtest/book/replay-pair.ts";
import { checkPairsParams, type PairsParams } from "../../src/strategies/rules/pairs-z.ts";
import { near, openComparison, relative, same, type Comparison } from "./comparison.ts";
import { compareSeries } from "./compare-single.ts";
import type { DataSets } from "./data-sets.ts";
import { listAt, numberAt, objectAt, rowsAt, textAt, type Json } from "./read-json.ts";

const money = 1e-6;
const z = 1e-8;

export function comparePairs(file: Json, data: DataSets): Comparison {
  const into = openComparison();
  const sets = objectAt(file, "data");
  const [a, b] = joinCandles(["A", "B"].map((leg) => data.daily(textAt(objectAt(sets, leg), "set"))));
  if (a === undefined || b === undefined) return into;
  same(into, "bars", a.t.length, numberAt(file, "bars"));
  const config = objectAt(file, "config");
  const {
    run,
    signals,
    z: zs,
  } = replayPair([a, b], paramsOf(objectAt(objectAt(file, "strategy"), "params")), {
    cash: numberAt(config, "cash"),
    feeRate: numberAt(config, "commissionRate"),
    grossLimit: Infinity,
    sequence: "as-decided",
  });
  const { book, equity } = run;
  const names = ["A", "B"];
  compareRows(
    into,
    file,
    "signals",
    "signalColumns",
    signals.map(({ bar, action, z, beta, quantityA, quantityB }) => {
      return { bar, action, z, beta, qtyA: quantityA, qtyB: quantityB };
    }),
  );
  compareRows(
    into,
    file,
    "fills",
    "fillColumns",
    book.fills.map(({ symbol, bar, units, price, fee }) => {
      return { symbol: names[symbol], bar, size: units, price, commission: fee };
    }),
  );
  compareRows(
    into,
    file,
    "closedLegs",
    "closedLegColumns",
    book.legs.map((leg) => {
      return { ...leg, symbol: names[leg.symbol] };
    }),
  );
  names.forEach((name, at) => same(into, `open ${name}`, book.units[at], objectAt(file, "openPositions")[name] ?? 0));
  near(into, "finalCash", book.cash, numberAt(file, "finalCash"), money);
  const stats = bookStatistics(run);
  for (const [name, wanted] of Object.entries(objectAt(file, "stats"))) relative(into, name, stats[name], wanted, 1e-8);
  compareSeries(into, "equity", equity, objectAt(file, "equity"), money);
  const zFile = objectAt(file, "z");
  compareSeries(into, "z", zs.subarray(numberAt(zFile, "firstBar")), zFile, z);
  return into;
}

function paramsOf(given: Json): PairsParams {
  const mode = textAt(given, "mode");
  return checkPairsParams({
    period: numberAt(given, "period"),
    enter: numberAt(given, "enter"),
    exit: numberAt(given, "exit"),
    notional: numberAt(given, "notional"),
    mode: mode === "ratio" ? "ratio" : "ols",
  });
}

const tight = new Set(["z", "beta"]);

function compareRows(
  into: Comparison,
  file: Json,
  name: string,
  columnName: string,
  ours: readonly Readonly<Record<string, unknown>>[],
): void {
  const columns = listAt(file, columnName).map((column) => String(column));
  const rows = rowsAt(file, name);
  same(into, `number of ${name}`, ours.length, rows.length);
  rows.forEach((row, at) => {
    columns.forEach((column, place) => {
      near(into, `${column} of ${name} ${at}`, ours[at]?.[column], row[place], tight.has(column) ? z : money);
    });
  });
}
