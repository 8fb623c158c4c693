// Where the middle nine tenths of many paths lie. Quantiles with linear interpolation between order statistics (type 7 of Hyndman
// and Fan 1996).
import { quantile } from "../../numerics/moments.ts";

export interface Band {
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
}

export function bandOf(values: Float64Array): Band {
  return { p5: quantile(values, 0.05), p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

/**
 * What a path from 1 comes to: total return and deepest fall below the running maximum, percent. Steps multiply, or with `adds` are
 * added; nothing comes after ruin.
 */
export function pathOf(
  steps: Float64Array,
  adds = false,
): { readonly returnPct: number; readonly maxDrawdownPct: number } {
  let [value, top, deepest] = [1, 1, 0];
  for (let k = 0; k < steps.length; k += 1) {
    const step = steps[k] ?? NaN;
    value = adds ? value + step : value * step;
    if (value <= 0) return { returnPct: -100, maxDrawdownPct: -100 };
    if (value > top) top = value;
    const fall = 1 - value / top;
    if (fall > deepest) deepest = fall;
  }
  return { returnPct: 100 * (value - 1), maxDrawdownPct: -100 * deepest };
}
