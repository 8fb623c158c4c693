// Relative changes of the close.
import { at, blank } from "./blank.ts";

/** C/C₋ₙ - 1; first value on bar n. */
export function roc(close: Float64Array, n: number): Float64Array {
  const out = blank(close.length);
  for (let bar = n; bar < close.length; bar += 1) out[bar] = at(close, bar) / at(close, bar - n) - 1;
  return out;
}

/** C₋skip/C₋lookback - 1 (12-1 momentum: 252 and 21); first value on bar `lookback`. */
export function momentum(close: Float64Array, lookback: number, skip: number): Float64Array {
  const out = blank(close.length);
  for (let bar = lookback; bar < close.length; bar += 1) {
    out[bar] = at(close, bar - skip) / at(close, bar - lookback) - 1;
  }
  return out;
}
