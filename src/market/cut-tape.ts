// A piece of a tape with a passport of its own. Columns are views, not copies.
import type { Candles, Tape } from "../contracts/candles.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { isoDate } from "./iso-date.ts";

/** Bars [from, to) of every column, as views on the same memory. */
export function sliceCandles(candles: Candles, from: number, to: number): Candles {
  return {
    t: candles.t.subarray(from, to),
    open: candles.open.subarray(from, to),
    high: candles.high.subarray(from, to),
    low: candles.low.subarray(from, to),
    close: candles.close.subarray(from, to),
    volume: candles.volume.subarray(from, to),
  };
}

/** The first index whose time is at or after `t`; the length when there is none. */
export function indexAtOrAfter(times: Float64Array, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the last bar dated on or before the day; -1 when the tape starts later. */
export function indexAsOf(tape: Tape, day: string): number {
  return indexAtOrAfter(tape.candles.t, Date.parse(`${day}T00:00:00Z`) + 1) - 1;
}

export interface Cut {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly warmupBars?: number | undefined;
}

/** Bars from `start` to `end` (inclusive days) and up to `warmupBars` before them. Throws `market.range` when nothing is left. */
export function cutTape(tape: Tape, { start, end, warmupBars = 0 }: Cut): Tape {
  const { t } = tape.candles;
  const begin = start === undefined ? 0 : indexAtOrAfter(t, Date.parse(`${start}T00:00:00Z`));
  const from = Math.max(0, begin - warmupBars);
  const to = end === undefined ? t.length : indexAsOf(tape, end) + 1;
  if (begin >= to) {
    const { symbol, first, last } = tape.passport;
    const message = `No bar of ${symbol} lies between ${start ?? first} and ${end ?? last}; the series has ${first} to ${last}`;
    throw new SwarmError("market.range", message, { hint: "Ask for a longer range", details: { symbol } });
  }
  const candles = sliceCandles(tape.candles, from, to);
  const last = candles.t.length - 1;
  const range = { first: isoDate(candles.t[0]), last: isoDate(candles.t[last]), bars: candles.t.length };
  return { passport: { ...tape.passport, ...range }, candles };
}
