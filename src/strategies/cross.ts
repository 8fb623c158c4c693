// A crossing is strict on both sides: below on the bar before, above on this one.
import { at } from "../market/indicators/blank.ts";

/** True when `a` rises through `b` on `bar`. */
export function crossesAbove(a: Float64Array, b: Float64Array, bar: number): boolean {
  return at(a, bar - 1) < at(b, bar - 1) && at(a, bar) > at(b, bar);
}
