// How much a price moves from bar to bar.
import { at, blank } from "./blank.ts";
import { sdOf } from "./averages.ts";

/** Population standard deviation of the last n one-bar log returns, per bar (not annualised); first value on bar n. */
export function volatility(close: Float64Array, n: number): Float64Array {
  const returns = blank(close.length);
  for (let bar = 1; bar < close.length; bar += 1) returns[bar] = Math.log(at(close, bar) / at(close, bar - 1));
  const out = blank(close.length);
  for (let bar = n; bar < close.length; bar += 1) out[bar] = sdOf(returns, bar - n + 1, bar);
  return out;
}
