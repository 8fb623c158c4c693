// Every column of an indicator file: the first bar with a value, and each value of the bars it lists.
import type { Candles } from "../../src/contracts/candles.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { ema, sma } from "../../src/market/indicators/averages.ts";
import { bollinger, zScore } from "../../src/market/indicators/bands.ts";
import { momentum, roc } from "../../src/market/indicators/change.ts";
import { macd } from "../../src/market/indicators/macd.ts";
import { adx, atr } from "../../src/market/indicators/range.ts";
import { rsi } from "../../src/market/indicators/rsi.ts";
import { near, openComparison, same, type Comparison } from "./comparison.ts";
import type { DataSets } from "./data-sets.ts";
import { listAt, numberAt, objectAt, rowsAt, textAt, type Json } from "./read-json.ts";

const tolerance = 1e-9;

const byPeriod: Readonly<Record<string, (candles: Candles, n: number) => Float64Array>> = {
  sma: ({ close }, n) => sma(close, n),
  ema: ({ close }, n) => ema(close, n),
  rsi: ({ close }, n) => rsi(close, n),
  atr: (candles, n) => atr(candles, n),
  adx: (candles, n) => adx(candles, n),
  roc: ({ close }, n) => roc(close, n),
  z: ({ close }, n) => zScore(close, n),
};

const named: Readonly<Record<string, (close: Float64Array) => Float64Array>> = {
  macd: (close) => macd(close, 12, 26, 9).line,
  macdSignal: (close) => macd(close, 12, 26, 9).signal,
  macdHist: (close) => macd(close, 12, 26, 9).histogram,
  bbUpper: (close) => bollinger(close, 20, 2).upper,
  bbMid: (close) => bollinger(close, 20, 2).middle,
  bbLower: (close) => bollinger(close, 20, 2).lower,
  mom12_1: (close) => momentum(close, 252, 21),
};

export function compareIndicators(file: Json, data: DataSets): Comparison {
  const into = openComparison();
  const candles = data.daily(textAt(objectAt(file, "data"), "set"));
  const columns = listAt(file, "columns").map((name) => String(name));
  const rows = rowsAt(file, "rows");
  for (const [place, name] of columns.entries()) {
    if (place < 2) continue;
    const ours = compute(name, candles);
    same(
      into,
      `first bar of ${name}`,
      ours.findIndex((value) => !Number.isNaN(value)),
      numberAt(objectAt(file, "firstBar"), name),
    );
    for (const row of rows) {
      const bar = Number(row[0]);
      const value = ours[bar];
      near(into, `${name} on bar ${bar}`, Number.isNaN(value) ? null : value, row[place], tolerance);
    }
  }
  return into;
}

function compute(name: string, candles: Candles): Float64Array {
  const [, id = "", period = ""] = /^([a-z]+)(\d+)$/.exec(name) ?? [];
  const indicator = named[name]?.(candles.close) ?? byPeriod[id]?.(candles, Number(period));
  if (indicator !== undefined) return indicator;
  throw new SwarmError("evidence.invalid", `No indicator is named ${name}`, { hint: "Extend compare-indicators.ts" });
}
