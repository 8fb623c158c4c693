// Latencies are drawn from distributions that were measured somewhere else and are passed in as data. A draw picks one of
// the samples, so nothing appears that was never seen; the tail beyond the slowest sample is not modelled.
import type { LatencyModel } from "../contracts/simulation.ts";
import type { Random } from "../host/random.ts";

export type SeriesName = keyof LatencyModel["series"];

/** A latency in ms. */
export type Sampler = (series: SeriesName) => number;

export function openSampler(model: LatencyModel, random: Random): Sampler {
  const tables = new Map<SeriesName, Float64Array>();
  for (const name of seriesNames)
    tables.set(
      name,
      Float64Array.from(model.series[name].samplesUs, (us) => us / 1_000),
    );
  return (series) => {
    const table = tables.get(series);
    return table === undefined ? 0 : (table[Math.floor(random.next() * table.length)] ?? 0);
  };
}

export const seriesNames = [
  "hop",
  "put",
  "work",
  "restart",
  "replace",
  "vote",
] as const satisfies readonly SeriesName[];
