// Distance from a moving mean: Bollinger bands and z-score, both with the population standard deviation in two passes.
import { at, blank } from "./blank.ts";
import { meanOf, sdOf } from "./averages.ts";

export interface Bands {
  readonly upper: Float64Array;
  readonly middle: Float64Array;
  readonly lower: Float64Array;
}

/** Mean ± k·sd of the last n closes; first value on bar n-1. */
export function bollinger(close: Float64Array, n: number, k: number): Bands {
  const upper = blank(close.length);
  const middle = blank(close.length);
  const lower = blank(close.length);
  for (let bar = n - 1; bar < close.length; bar += 1) {
    const mean = meanOf(close, bar - n + 1, bar);
    const width = k * sdOf(close, bar - n + 1, bar);
    upper[bar] = mean + width;
    middle[bar] = mean;
    lower[bar] = mean - width;
  }
  return { upper, middle, lower };
}

/** (C - mean)/sd over the last n bars including the current one, 0 when sd is 0; first value on bar n-1. */
export function zScore(close: Float64Array, n: number): Float64Array {
  const out = blank(close.length);
  for (let bar = n - 1; bar < close.length; bar += 1) {
    const sd = sdOf(close, bar - n + 1, bar);
    out[bar] = sd === 0 ? 0 : (at(close, bar) - meanOf(close, bar - n + 1, bar)) / sd;
  }
  return out;
}
