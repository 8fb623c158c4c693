// Where the mean of a short window crosses that of a long one, without keeping either: a run asks for the crosses alone, and two
// columns as long as the tape cost more than their sums. Means and comparisons are those of `sma`, bit by bit.
import { meanOf } from "./averages.ts";

/** Windows that are summed side by side, so that no addition waits for the one of another window. */
const sideBySide = 6;
/** Bars between two looks for crosses: what lies between stays in the fastest memory. A multiple of `sideBySide`. */
const blockBars = 384;

interface Pair {
  readonly values: Float64Array;
  readonly fast: number;
  readonly slow: number;
  /** Means of windows that begin in the block: quick[k] of the one that begins k bars after it, lazy[k + slow - fast] likewise. */
  readonly quick: Float64Array;
  /** Its first slow - fast values are those of the block before: the long mean of a bar is known before the short one. */
  readonly lazy: Float64Array;
  readonly codes: Uint8Array;
}

/** Per bar 1 where the mean over `fast` rises through that over `slow`, 2 where it falls through it, else 0. `fast` < `slow`. */
export function meanCrosses(values: Float64Array, fast: number, slow: number): Uint8Array {
  const ahead = slow - fast;
  const quick = new Float64Array(blockBars);
  const lazy = new Float64Array(blockBars + ahead).fill(NaN);
  const pair: Pair = { values, fast, slow, quick, lazy, codes: new Uint8Array(values.length) };
  let [before, beforeOther] = [NaN, NaN];
  for (let block = 0; block + fast <= values.length; block += blockBars) {
    const count = Math.min(blockBars, values.length - fast + 1 - block);
    let start = 0;
    for (; start < count && block + start + slow + sideBySide - 1 <= values.length; start += sideBySide) {
      sumSideBySide(pair, block, start);
    }
    for (; start < count; start += 1) sumOne(pair, block + start, start);
    compare(pair, block + fast - 1, count, before, beforeOther);
    before = quick[count - 1] ?? NaN;
    beforeOther = lazy[count - 1] ?? NaN;
    lazy.copyWithin(0, blockBars, blockBars + ahead);
  }
  return pair.codes;
}

/** The last windows of a tape, one by one; beyond its end there is no long mean. */
function sumOne({ values, fast, slow, quick, lazy }: Pair, start: number, place: number): void {
  quick[place] = meanOf(values, start, start + fast - 1);
  lazy[place + slow - fast] = start + slow <= values.length ? meanOf(values, start, start + slow - 1) : NaN;
}

/** Six windows of each kind: the sum of the long one begins with that of the short one that begins on the same bar. */
function sumSideBySide({ values, fast, slow, quick, lazy }: Pair, block: number, place: number): void {
  let i = block + place;
  const [short, long] = [i + fast, i + slow];
  let v0 = values[i] ?? NaN;
  let v1 = values[i + 1] ?? NaN;
  let v2 = values[i + 2] ?? NaN;
  let v3 = values[i + 3] ?? NaN;
  let v4 = values[i + 4] ?? NaN;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  for (; i < short; i += 1) {
    const next = values[i + 5] ?? NaN;
    a += v0;
    b += v1;
    c += v2;
    d += v3;
    e += v4;
    f += next;
    v0 = v1;
    v1 = v2;
    v2 = v3;
    v3 = v4;
    v4 = next;
  }
  quick[place] = a / fast;
  quick[place + 1] = b / fast;
  quick[place + 2] = c / fast;
  quick[place + 3] = d / fast;
  quick[place + 4] = e / fast;
  quick[place + 5] = f / fast;
  for (; i < long; i += 1) {
    const next = values[i + 5] ?? NaN;
    a += v0;
    b += v1;
    c += v2;
    d += v3;
    e += v4;
    f += next;
    v0 = v1;
    v1 = v2;
    v2 = v3;
    v3 = v4;
    v4 = next;
  }
  const at = place + slow - fast;
  lazy[at] = a / slow;
  lazy[at + 1] = b / slow;
  lazy[at + 2] = c / slow;
  lazy[at + 3] = d / slow;
  lazy[at + 4] = e / slow;
  lazy[at + 5] = f / slow;
}

/** Crosses of `count` bars from `bar` on, after the means of the bar before them. */
function compare({ quick, lazy, codes }: Pair, bar: number, count: number, before: number, beforeOther: number): void {
  let [last, lastOther] = [before, beforeOther];
  for (let k = 0; k < count; k += 1) {
    const value = quick[k] ?? NaN;
    const other = lazy[k] ?? NaN;
    if (value > other) {
      if (last < lastOther) codes[bar + k] = 1;
    } else if (value < other && last > lastOther) codes[bar + k] = 2;
    last = value;
    lastOther = other;
  }
}
