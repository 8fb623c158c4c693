// Indicators of the bar's range: average true range and directional movement, Wilder's smoothing.
import type { Candles } from "../../contracts/candles.ts";
import { at, blank } from "./blank.ts";

function trueRange({ high, low, close }: Candles, bar: number): number {
  const before = at(close, bar - 1);
  const [top, bottom] = [at(high, bar), at(low, bar)];
  return Math.max(top - bottom, Math.abs(top - before), Math.abs(bottom - before));
}

/** Seed = mean of TR 1…n, then (13·atr + TR)/14 for n = 14; first value on bar n. */
export function atr(candles: Candles, n: number): Float64Array {
  const out = blank(candles.close.length);
  let value = 0;
  for (let bar = 1; bar < out.length; bar += 1) {
    const range = trueRange(candles, bar);
    value = bar <= n ? value + range / n : (value * (n - 1) + range) / n;
    if (bar >= n) out[bar] = value;
  }
  return out;
}

/** Sums over bars 1…n-1, then s = s - s/n + x; first ADX = mean of DX n…2n-1, then Wilder; first value on bar 2n-1. */
export function adx(candles: Candles, n: number): Float64Array {
  const { high, low } = candles;
  const out = blank(high.length);
  const keep = (bar: number): number => (bar < n ? 1 : 1 - 1 / n);
  let [plus, minus, range, value] = [0, 0, 0, 0];
  for (let bar = 1; bar < out.length; bar += 1) {
    const up = at(high, bar) - at(high, bar - 1);
    const down = at(low, bar - 1) - at(low, bar);
    plus = plus * keep(bar) + (up > 0 && up > down ? up : 0);
    minus = minus * keep(bar) + (down > 0 && down > up ? down : 0);
    range = range * keep(bar) + trueRange(candles, bar);
    if (bar < n) continue;
    const dx = directional(plus, minus, range);
    value = bar < 2 * n ? value + dx / n : (value * (n - 1) + dx) / n;
    if (bar >= 2 * n - 1) out[bar] = value;
  }
  return out;
}

function directional(plus: number, minus: number, range: number): number {
  if (range === 0 || plus + minus === 0) return 0;
  return (100 * Math.abs(plus / range - minus / range)) / (plus / range + minus / range);
}
