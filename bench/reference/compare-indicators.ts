// Every column of an indicator file: the first bar with a value, each value of the bars it lists, and the streaming form of the
// indicator against the columns on every bar, bit for bit.
import type { Candles } from "../../src/contracts/candles.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { ema, sma } from "../../src/market/indicators/averages.ts";
import { bollinger, zScore } from "../../src/market/indicators/bands.ts";
import { momentum, roc } from "../../src/market/indicators/change.ts";
import { macd } from "../../src/market/indicators/macd.ts";
import { adx, atr } from "../../src/market/indicators/range.ts";
import { rsi } from "../../src/market/indicators/rsi.ts";
import * as stream from "../../src/market/indicators/streaming.ts";
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
    const live = streamed(name, candles);
    ours.forEach((value, bar) => same(into, `${name} bar by bar on bar ${bar}`, live[bar], value));
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

/** The same indicator, one bar at a time. */
function streamed(name: string, { high, low, close }: Candles): Float64Array {
  const [, id = "", period = ""] = /^([a-z]+)(\d+)$/.exec(name) ?? [];
  const bars = barStreams[id]?.(Number(period));
  if (bars !== undefined) {
    return close.map((price, bar) => bars({ high: high[bar] ?? NaN, low: low[bar] ?? NaN, close: price }));
  }
  const values = namedStreams[name]?.() ?? valueStreams[id]?.(Number(period));
  return values === undefined ? new Float64Array() : close.map((price) => values(price));
}

const barStreams: Readonly<Record<string, (n: number) => stream.BarStream>> = {
  atr: (n) => stream.atrStream(n),
  adx: (n) => stream.adxStream(n),
};

const valueStreams: Readonly<Record<string, (n: number) => stream.Stream>> = {
  sma: (n) => stream.smaStream(n),
  ema: (n) => stream.emaStream(n),
  rsi: (n) => stream.rsiStream(n),
  roc: (n) => stream.momentumStream(n),
  z: (n) => stream.zScoreStream(n),
};

const macdPart = (part: keyof stream.MacdPoint) => (): stream.Stream => {
  const points = stream.macdStream(12, 26, 9);
  return (value) => points(value)[part];
};
const bandPart = (part: keyof stream.BandPoint) => (): stream.Stream => {
  const points = stream.bollingerStream(20, 2);
  return (value) => points(value)[part];
};

const namedStreams: Readonly<Record<string, () => stream.Stream>> = {
  macd: macdPart("line"),
  macdSignal: macdPart("signal"),
  macdHist: macdPart("histogram"),
  bbUpper: bandPart("upper"),
  bbMid: bandPart("middle"),
  bbLower: bandPart("lower"),
  mom12_1: () => stream.momentumStream(252, 21),
};

function compute(name: string, candles: Candles): Float64Array {
  const [, id = "", period = ""] = /^([a-z]+)(\d+)$/.exec(name) ?? [];
  const indicator = named[name]?.(candles.close) ?? byPeriod[id]?.(candles, Number(period));
  if (indicator !== undefined) return indicator;
  throw new SwarmError("evidence.invalid", `No indicator is named ${name}`, { hint: "Extend compare-indicators.ts" });
}
