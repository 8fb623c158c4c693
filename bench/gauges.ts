// The samples files of a case, opened together and closed together.
import { openSamples, type RunContext } from "../harness/evidence/recorder.ts";
import type { Gauge } from "./schedule.ts";
import { openSeries } from "./series.ts";

/** One gauge per name; the metric of `create` may be `bench.sandbox.create`. */
export type Gauges<Name extends string> = Readonly<Record<Name, Required<Gauge>>>;

export function openGauge(context: RunContext, shard: string, metric: string): Required<Gauge> {
  return { recorder: openSamples(context, shard, metric), series: openSeries() };
}

export function closeGauges(gauges: Readonly<Record<string, Gauge>>): void {
  for (const { recorder } of Object.values(gauges)) recorder.close();
}
