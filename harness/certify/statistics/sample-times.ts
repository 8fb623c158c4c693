// What one sample says about time. Law: measurement §3 (response from the scheduled start) and §4 (only `ok` has a
// value; every other outcome is right-censored at what was observed).
import type { Sample } from "../../claims/types.ts";
import type { Reading } from "./quantile-gate.ts";

export interface SampleTimes {
  readonly serviceNs: number | null;
  readonly lateNs: number | null;
  readonly responseNs: number | null;
}

/** All null for a request that was never started. */
export function sampleTimes(sample: Pick<Sample, "sch" | "st" | "dur">): SampleTimes {
  if (sample.st === null || sample.dur === null) return { serviceNs: null, lateNs: null, responseNs: null };
  return { serviceNs: sample.dur, lateNs: sample.st - sample.sch, responseNs: sample.st + sample.dur - sample.sch };
}

/** The reading that a latency claim sees. */
export function latencyReading(sample: Sample): Reading {
  return { value: sampleTimes(sample).responseNs ?? 0, censored: sample.out !== "ok" };
}
