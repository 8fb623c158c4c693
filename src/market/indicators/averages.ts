// Simple and exponential means. A window's sum is taken anew on every bar, so that two equal means compare equal and rounding
// does not drift (a strict cross is decided by it).
import { at, blank } from "./blank.ts";

/** Mean of the last `n` values; first value on bar n-1. */
export function sma(values: Float64Array, n: number): Float64Array {
  // Every later value is written below, so only the first ones need to say that there is none.
  const out = new Float64Array(values.length).fill(NaN, 0, n - 1);
  let bar = n - 1;
  // Four bars at a time, each with a sum of its own in the order of `meanOf`: the same bits, without waiting for each addition.
  // Each value is read once and handed on to the bar before.
  for (; bar + 3 < values.length; bar += 4) {
    let i = bar - n + 1;
    let first = values[i] ?? NaN;
    let second = values[i + 1] ?? NaN;
    let third = values[i + 2] ?? NaN;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (; i <= bar; i += 1) {
      const fourth = values[i + 3] ?? NaN;
      a += first;
      b += second;
      c += third;
      d += fourth;
      first = second;
      second = third;
      third = fourth;
    }
    out[bar] = a / n;
    out[bar + 1] = b / n;
    out[bar + 2] = c / n;
    out[bar + 3] = d / n;
  }
  for (; bar < values.length; bar += 1) out[bar] = meanOf(values, bar - n + 1, bar);
  return out;
}

/** Mean of values[from..to], both inclusive. */
export function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let bar = from; bar <= to; bar += 1) sum += at(values, bar);
  return sum / (to - from + 1);
}

/** Population standard deviation of values[from..to] in two passes. */
export function sdOf(values: Float64Array, from: number, to: number): number {
  const mean = meanOf(values, from, to);
  let squares = 0;
  for (let bar = from; bar <= to; bar += 1) squares += (at(values, bar) - mean) ** 2;
  return Math.sqrt(squares / (to - from + 1));
}

/** Exponential mean, factor 2/(n+1), seeded with the mean of the n values up to bar `born` (default n-1, its first value). */
export function ema(values: Float64Array, n: number, born = n - 1): Float64Array {
  const out = blank(values.length);
  if (born >= values.length) return out;
  let value = meanOf(values, born - n + 1, born);
  out[born] = value;
  const factor = 2 / (n + 1);
  for (let bar = born + 1; bar < values.length; bar += 1) {
    value += (at(values, bar) - value) * factor;
    out[bar] = value;
  }
  return out;
}
