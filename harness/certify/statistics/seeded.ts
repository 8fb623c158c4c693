// Seeded draws, so that plans and bootstraps replay bit for bit. Law: measurement §5.7, mulberry32.
import { median } from "./rank-tests.ts";

/** mulberry32: uniform in [0, 1), one 32-bit step per draw. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Seeded percentile bootstrap of a median, 95 % unless each end's `tail` says otherwise. Never for a tail quantile: there it covers 28 to 89 % only. */
export function bootstrapMedian(
  values: readonly number[],
  resamples: number,
  seed: number,
  tail = 0.025,
): { readonly point: number; readonly interval: readonly [number, number] } {
  const draw = mulberry32(seed);
  const medians: number[] = [];
  for (let b = 0; b < resamples; b += 1) {
    medians.push(median(values.map(() => values[Math.floor(draw() * values.length)] ?? 0)));
  }
  medians.sort((x, y) => x - y);
  const low = medians[Math.floor(tail * resamples)] ?? Number.NaN;
  const high = medians[Math.ceil((1 - tail) * resamples) - 1] ?? Number.NaN;
  return { point: median(values), interval: [low, high] };
}
