// Where the mean of a short window crosses that of a long one, without keeping either: a run asks for the crosses alone. What counts
// is the comparison of the means as `sma` sums them, each window from its first value to its last. Running sums decide it wherever
// they are further apart than their rounding can reach; everywhere else, and for values that are no ordinary numbers, the windows
// are summed. So the codes are those of the columns, bit by bit (a floating-point filter: Shewchuk 1997).
import { meanOf } from "./averages.ts";

/** Bars after which running sums begin anew: it bounds what their rounding adds up to. */
const freshBars = 2_048;
/** Beyond this a sum of windows could overflow; below its inverse products could lose their last bits. */
const largest = 1e150;

interface Pair {
  readonly values: Float64Array;
  readonly fast: number;
  readonly slow: number;
  readonly codes: Uint8Array;
}

/** Per bar 1 where the mean over `fast` rises through that over `slow`, 2 where it falls through it, else 0. `fast` < `slow`. */
export function meanCrosses(values: Float64Array, fast: number, slow: number): Uint8Array {
  const pair: Pair = { values, fast, slow, codes: new Uint8Array(values.length) };
  if (values.length < slow) return pair.codes;
  let side = sideOf(pair, slow - 1);
  for (let from = slow; from < values.length; from += freshBars) {
    side = crossesIn(pair, from, Math.min(values.length, from + freshBars), side);
  }
  return pair.codes;
}

/**
 * Writes the codes of bars from…to-1. `before` is the side of the bar before them: 1 with the fast mean above, -1 with it below, 0
 * when they are equal or there is none. Returns the side of the last bar.
 */
function crossesIn(pair: Pair, from: number, to: number, before: number): number {
  const { values, fast, slow, codes } = pair;
  const reach = reachOf(pair, from, to);
  let quick = 0;
  let lazy = 0;
  for (let bar = from - fast; bar < from; bar += 1) quick += values[bar] ?? NaN;
  for (let bar = from - slow; bar < from; bar += 1) lazy += values[bar] ?? NaN;
  let side = before;
  for (let bar = from; bar < to; bar += 1) {
    const value = values[bar] ?? NaN;
    quick += value - (values[bar - fast] ?? NaN);
    lazy += value - (values[bar - slow] ?? NaN);
    const ahead = quick * slow - lazy * fast;
    let now = 0;
    if (ahead > reach) now = 1;
    else if (ahead < -reach) now = -1;
    else now = sideOf(pair, bar);
    if (now === side) continue;
    // From equal, or from nothing, no side is a cross.
    if (now * side < 0) codes[bar] = now > 0 ? 1 : 2;
    side = now;
  }
  return side;
}

/**
 * What rounding can make of the difference of the sums at most, each times the other's window. With u = 2^-53 and B the largest
 * value, a running mean of n values is off by u·B·(n + 3k + 1) after k bars, one that `sma` sums by u·B·(n + 1), and products and
 * difference by another 4·u·B; twice that is taken. Infinity, so that every window is summed, where values are too large or small.
 */
function reachOf({ values, fast, slow }: Pair, from: number, to: number): number {
  let top = 0;
  for (let bar = from - slow; bar < to; bar += 1) {
    const size = Math.abs(values[bar] ?? NaN);
    if (size > top) top = size;
  }
  if (!(top > 1 / largest && top < largest)) return Infinity;
  return 2 ** -52 * top * (4 * slow + 6 * freshBars + 8) * fast * slow;
}

function sideOf({ values, fast, slow }: Pair, bar: number): number {
  const [quick, lazy] = [meanOf(values, bar - fast + 1, bar), meanOf(values, bar - slow + 1, bar)];
  if (quick > lazy) return 1;
  return quick < lazy ? -1 : 0;
}
