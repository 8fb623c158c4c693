// Relative strength, Wilder's smoothing seeded with the simple mean of the first n gains and losses.
import { at, blank } from "./blank.ts";

/** 100·G/(G+L), 0 when both are 0; first value on bar n. */
export function rsi(close: Float64Array, n: number): Float64Array {
  const out = blank(close.length);
  let gain = 0;
  let loss = 0;
  for (let bar = 1; bar < close.length; bar += 1) {
    const change = at(close, bar) - at(close, bar - 1);
    const up = change > 0 ? change : 0;
    const down = change < 0 ? -change : 0;
    if (bar <= n) {
      gain += up / n;
      loss += down / n;
    } else {
      gain = (gain * (n - 1) + up) / n;
      loss = (loss * (n - 1) + down) / n;
    }
    if (bar >= n) out[bar] = gain + loss === 0 ? 0 : (100 * gain) / (gain + loss);
  }
  return out;
}
