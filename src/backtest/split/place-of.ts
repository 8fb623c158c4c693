// Where a decision stands in a table of all bars and sides.
import type { Side } from "../../strategies/strategy.ts";

/** By bar, then by side. */
export function placeOf(bar: number, side: Side): number {
  return 3 * bar + side + 1;
}
