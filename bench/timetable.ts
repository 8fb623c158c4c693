// When requests are due: fixed by the plan's seed before the first one is sent. One request lies at a random place in each
// interval (stratified sampling): so many a minute as on a fixed tick, but never in step with anything that repeats on this
// machine. On a fixed tick two processes keep the phase they happened to begin with, and one sees always or never what the
// other does; neighbouring samples then differ by the host's mood alone. See decision 0074.
import { createHash } from "node:crypto";
import { mulberry32 } from "../harness/certify/statistics/seeded.ts";

export interface Span {
  readonly everyNs: number;
  /** Part of each interval that a request may lie in; the whole of it by default. */
  readonly from?: number;
  readonly to?: number;
}

/** Offset of the i-th request, whole ns from the first interval's start; the same for the same seed and name. */
export function timetable(seed: number, name: string, { everyNs, from = 0, to = 1 }: Span): (i: number) => number {
  const draw = mulberry32(createHash("sha256").update(`${seed} ${name}`).digest().readInt32BE());
  const places: number[] = [];
  return (i) => {
    while (places.length <= i) places.push(draw());
    return Math.round((i + from + (to - from) * (places[i] ?? 0)) * everyNs);
  };
}
