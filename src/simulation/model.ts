// Latencies are drawn from distributions that were measured somewhere else and are passed in as data. A draw picks one of
// the samples, so nothing appears that was never seen; the tail beyond the slowest sample is not modelled.
import type { LatencyModel } from "../contracts/simulation.ts";
import type { Random } from "../host/random.ts";

export type SeriesName = keyof LatencyModel["series"];

/** A latency in ms. */
export type Sampler = (series: SeriesName) => number;

export function openSampler({ series }: LatencyModel, random: Random): Sampler {
  const table = (name: SeriesName): Float64Array => Float64Array.from(series[name].samplesUs, (us) => us / 1_000);
  const tables: Readonly<Record<SeriesName, Float64Array>> = {
    hop: table("hop"),
    put: table("put"),
    work: table("work"),
    restart: table("restart"),
    replace: table("replace"),
    vote: table("vote"),
  };
  const { hop, work } = tables;
  const draw = (values: Float64Array): number => values[Math.floor(random.next() * values.length)] ?? 0;
  return (name) => {
    // The two that every task draws from, without a look-up by name.
    if (name === "hop") return draw(hop);
    return draw(name === "work" ? work : tables[name]);
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
