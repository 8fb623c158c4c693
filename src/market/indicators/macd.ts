// Difference of two exponential means. Both are born on bar slow-1 (the fast one starts late), the signal averages the line from
// there, and the three columns are shown together from bar slow+signal-2.
import { at, blank } from "./blank.ts";
import { ema } from "./averages.ts";

export interface Macd {
  readonly line: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

export function macd(close: Float64Array, fast: number, slow: number, smooth: number): Macd {
  const born = slow - 1;
  const first = born + smooth - 1;
  const quick = ema(close, fast, born);
  const lazy = ema(close, slow, born);
  const raw = blank(close.length);
  for (let bar = born; bar < close.length; bar += 1) raw[bar] = at(quick, bar) - at(lazy, bar);
  const signal = ema(raw, smooth, first);
  const line = blank(close.length);
  const histogram = blank(close.length);
  for (let bar = first; bar < close.length; bar += 1) {
    line[bar] = at(raw, bar);
    histogram[bar] = at(raw, bar) - at(signal, bar);
  }
  return { line, signal, histogram };
}
