// All sixteen indicator columns against TA-Lib C on 60 bars of AAPL, to 1e-8, and no value before the first bar.
import { expect, test } from "vitest";
import { ema, sma } from "../../../src/market/indicators/averages.ts";
import { bollinger, zScore } from "../../../src/market/indicators/bands.ts";
import { momentum, roc } from "../../../src/market/indicators/change.ts";
import { macd } from "../../../src/market/indicators/macd.ts";
import { adx, atr } from "../../../src/market/indicators/range.ts";
import { rsi } from "../../../src/market/indicators/rsi.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { reference } from "../reference.ts";

interface IndicatorFile {
  readonly tolerance: number;
  readonly firstBar: Readonly<Record<string, number>>;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string | null)[])[];
}

const file = reference("indicators/AAPL_observable.json") as IndicatorFile;
const { candles } = loadTape("AAPL");
const { close } = candles;
const bands = bollinger(close, 20, 2);
const lines = macd(close, 12, 26, 9);
const columns: Readonly<Record<string, Float64Array>> = {
  sma10: sma(close, 10),
  sma20: sma(close, 20),
  ema12: ema(close, 12),
  ema26: ema(close, 26),
  rsi14: rsi(close, 14),
  macd: lines.line,
  macdSignal: lines.signal,
  macdHist: lines.histogram,
  bbUpper: bands.upper,
  bbMid: bands.middle,
  bbLower: bands.lower,
  atr14: atr(candles, 14),
  adx14: adx(candles, 14),
  roc20: roc(close, 20),
  z20: zScore(close, 20),
  mom12_1: momentum(close, 252, 21),
};
const names = file.columns.slice(2);

test("every column of the file is computed here", () => {
  expect(Object.keys(columns)).toEqual(names);
  expect(file.rows).toHaveLength(60);
});

test.each(names)("%s agrees with the reference to 1e-8", (name) => {
  const place = file.columns.indexOf(name);
  const ours = columns[name]!;
  expect(ours.findIndex((value) => !Number.isNaN(value))).toBe(file.firstBar[name]);
  const wrong = file.rows.filter((row) => {
    const wanted = row[place];
    const value = ours[row[0] as number]!;
    return wanted === null ? !Number.isNaN(value) : !(Math.abs(value - (wanted as number)) <= 1e-8);
  });
  expect(wrong).toEqual([]);
});
