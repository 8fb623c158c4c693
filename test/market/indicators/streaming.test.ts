// Bar by bar and column by column are the same bits, on real and on invented prices.
import { expect, test } from "vitest";
import type { Candles } from "../../../src/contracts/candles.ts";
import { ema, sma } from "../../../src/market/indicators/averages.ts";
import { bollinger, zScore } from "../../../src/market/indicators/bands.ts";
import { momentum, roc } from "../../../src/market/indicators/change.ts";
import { macd } from "../../../src/market/indicators/macd.ts";
import { adx, atr } from "../../../src/market/indicators/range.ts";
import { rsi } from "../../../src/market/indicators/rsi.ts";
import * as stream from "../../../src/market/indicators/streaming.ts";
import { makeTape } from "../../../src/market/synthetic/make-tape.ts";
import { loadTape } from "../../../src/market/read-tape.ts";

const tapes: Record<string, Candles> = {
  AAPL: loadTape("AAPL").candles,
  "^GSPC": loadTape("^GSPC").candles,
  gaps: makeTape({ world: "gaps", seed: 3, symbol: "X", start: "2001-01-01", end: "2004-12-31" }).candles,
};
const along = (of: stream.Stream, close: Float64Array): Float64Array => close.map((value) => of(value));
const bars = (of: stream.BarStream, { high, low, close }: Candles): Float64Array =>
  close.map((value, bar) => of({ high: high[bar]!, low: low[bar]!, close: value }));

test.each(Object.keys(tapes))("%s: every indicator agrees bit for bit", (name) => {
  const candles = tapes[name]!;
  const { close } = candles;
  for (const n of [1, 2, 10, 20, 61]) {
    expect(along(stream.smaStream(n), close), `sma ${n}`).toEqual(sma(close, n));
    expect(along(stream.emaStream(n), close), `ema ${n}`).toEqual(ema(close, n));
    expect(along(stream.zScoreStream(n), close), `z ${n}`).toEqual(zScore(close, n));
    expect(along(stream.momentumStream(n), close), `roc ${n}`).toEqual(roc(close, n));
  }
  for (const n of [2, 14, 30]) {
    expect(along(stream.rsiStream(n), close), `rsi ${n}`).toEqual(rsi(close, n));
    expect(bars(stream.atrStream(n), candles), `atr ${n}`).toEqual(atr(candles, n));
    expect(bars(stream.adxStream(n), candles), `adx ${n}`).toEqual(adx(candles, n));
  }
  expect(along(stream.momentumStream(252, 21), close)).toEqual(momentum(close, 252, 21));
  const points = Array.from(close, stream.macdStream(12, 26, 9));
  const lines = macd(close, 12, 26, 9);
  for (const part of ["line", "signal", "histogram"] as const) {
    expect(
      Float64Array.from(points, (point) => point[part]),
      part,
    ).toEqual(lines[part]);
  }
  const band = Array.from(close, stream.bollingerStream(20, 2));
  const bands = bollinger(close, 20, 2);
  for (const part of ["upper", "middle", "lower"] as const) {
    expect(
      Float64Array.from(band, (point) => point[part]),
      part,
    ).toEqual(bands[part]);
  }
});

test("planted: another seed of the exponential mean is noticed", () => {
  const { close } = tapes["AAPL"]!;
  const wrong = stream.emaStream(12, 12);
  expect(along(wrong, close)).not.toEqual(ema(close, 12));
});
