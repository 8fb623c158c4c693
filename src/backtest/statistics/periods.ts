// Returns per period and what a year of them is.
import { at, blank } from "../../market/indicators/blank.ts";

const dayMs = 86_400_000;
const gapsLookedAt = 100;

/** Periods per year: from the median gap of the last 100 bars, and from weekend bars for markets that never close. */
export function periodsPerYear(t: Float64Array): number {
  const tail = t.subarray(Math.max(0, t.length - gapsLookedAt - 1));
  const gaps = Array.from(tail.subarray(1), (time, index) => Math.floor((time - at(tail, index)) / dayMs));
  gaps.sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)] ?? 1;
  if (median === 7) return 52;
  if (median >= 28 && median <= 31) return 12;
  if (median === 365 || median === 366) return 1;
  let weekend = 0;
  for (const time of t) if ([0, 6].includes(new Date(time).getUTCDay())) weekend += 1;
  return weekend / t.length > (2 / 7) * 0.6 ? 365 : 252;
}

/** Simple changes of the last equity of each UTC day. */
export function periodReturns(equity: Float64Array, t: Float64Array): Float64Array {
  const daily: number[] = [];
  for (let bar = 0; bar < equity.length; bar += 1) {
    const dayEnds = Math.floor(at(t, bar) / dayMs) !== Math.floor(at(t, bar + 1) / dayMs);
    if (dayEnds) daily.push(at(equity, bar));
  }
  return Float64Array.from(daily.slice(1), (value, index) => value / (daily[index] ?? NaN) - 1);
}

/** One-bar log changes; NaN-free for positive values. */
export function logReturns(values: Float64Array): Float64Array {
  const out = blank(Math.max(0, values.length - 1));
  for (let bar = 1; bar < values.length; bar += 1) out[bar - 1] = Math.log(at(values, bar) / at(values, bar - 1));
  return out;
}
