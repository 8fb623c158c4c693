// Returns per period, what a year of them is, and the unit that durations of these bars are counted in.
import { at, blank } from "../../market/indicators/blank.ts";
import { quantile } from "../../numerics/moments.ts";

const dayMs = 86_400_000;
const barsLookedAt = 100;
/** Share of bars on Saturday or Sunday above which a market never closes: most of two days in seven. */
const weekendShare = (2 / 7) * 0.6;

/** Median gap between the last 100 bars, ms; NaN with fewer than two bars. */
function medianGap(t: Float64Array): number {
  const tail = t.subarray(Math.max(0, t.length - barsLookedAt));
  return quantile(
    Array.from(tail.subarray(1), (time, index) => time - at(tail, index)),
    0.5,
  );
}

/** Periods per year: 52, 12 and 1 for median gaps of 7, 31 and 365 whole days, else 252, or 365 where weekends trade. */
export function periodsPerYear(t: Float64Array): number {
  const days = Math.floor(medianGap(t) / dayMs);
  if (days === 7) return 52;
  if (days === 31) return 12;
  if (days === 365) return 1;
  let weekend = 0;
  for (const time of t) if ([0, 6].includes(new Date(time).getUTCDay())) weekend += 1;
  return weekend / t.length > weekendShare ? 365 : 252;
}

/** Number of the calendar period a time lies in: the month, the week ending on Sunday, the year, or the day. */
function periodOf(t: number, perYear: number): number {
  const date = new Date(t);
  if (perYear === 12) return date.getUTCFullYear() * 12 + date.getUTCMonth();
  if (perYear === 1) return date.getUTCFullYear();
  const day = Math.floor(t / dayMs);
  // Day 0 was a Thursday: day + 3 starts weeks on Monday.
  return perYear === 52 ? Math.floor((day + 3) / 7) : day;
}

/** Simple changes of the last equity of each UTC day (week, month or year for such bars). 0/0 after a ruin is left out. */
export function periodReturns(equity: Float64Array, t: Float64Array): Float64Array {
  const perYear = periodsPerYear(t);
  const ends: number[] = [];
  for (let bar = 0; bar < equity.length; bar += 1) {
    const last = bar + 1 === equity.length;
    if (last || periodOf(at(t, bar), perYear) !== periodOf(at(t, bar + 1), perYear)) ends.push(at(equity, bar));
  }
  return Float64Array.from(ends.slice(1), (value, index) => value / (ends[index] ?? NaN) - 1).filter(
    (value) => !Number.isNaN(value),
  );
}

/** Rounds a duration up to the unit of the bars and returns seconds: days, hours, minutes or seconds, by the median gap. */
export function durationRounder(t: Float64Array): (ms: number) => number {
  const gap = medianGap(t);
  const unit = [dayMs, 3_600_000, 60_000].find((size) => gap % size === 0) ?? 1_000;
  return (ms) => (Math.ceil(ms / unit) * unit) / 1_000;
}

/** One-bar log changes; NaN-free for positive values. */
export function logReturns(values: Float64Array): Float64Array {
  const out = blank(Math.max(0, values.length - 1));
  for (let bar = 1; bar < values.length; bar += 1) out[bar - 1] = Math.log(at(values, bar) / at(values, bar - 1));
  return out;
}
