// A million bars for timing: the driftless world over enough weekdays, cut to length.
import type { Candles } from "../../src/contracts/candles.ts";
import { sliceCandles } from "../../src/market/cut-tape.ts";
import { seededDraws } from "../../src/market/synthetic/normal-stream.ts";

const dayMs = 86_400_000;
const volatility = 0.01;

/** Prices that swing around 100, so that a long run neither dies nor overflows. */
export function syntheticBars(bars: number, seed: number): Candles {
  const draws = seededDraws(seed);
  const column = (): Float64Array => new Float64Array(bars);
  const candles = { t: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  let [level, before] = [0, 100];
  for (let bar = 0; bar < bars; bar += 1) {
    level = 0.999 * level + volatility * draws.normal();
    const close = 100 * Math.exp(level);
    candles.t[bar] = bar * dayMs;
    candles.open[bar] = before * (1 + 0.2 * (close / before - 1));
    candles.close[bar] = close;
    candles.high[bar] = Math.max(before, close) * 1.001;
    candles.low[bar] = Math.min(before, close) * 0.999;
    candles.volume[bar] = 1e6;
    before = close;
  }
  return sliceCandles(candles, 0, bars);
}
