// What every benchmark case gets, and what a case is.
import type { RunContext } from "../harness/evidence/recorder.ts";
import type { OpenedBackend } from "../src/backend/backend.ts";
import type { Bench } from "./schedule.ts";
import type { Series } from "./series.ts";
import type { Span } from "./timetable.ts";

export interface Setting {
  readonly bench: Bench;
  readonly context: RunContext;
  readonly backend: OpenedBackend;
  readonly target: "local" | "cloud";
  /** Name of the events shard and of the folder the samples go to. */
  readonly shard: string;
  /** Start of the first interval, ns from the origin, and length of each, ns. */
  readonly firstTick: number;
  readonly everyNs: number;
  /** Offsets of one kind of request from `firstTick`, ns; names are streams of their own. */
  readonly timetable: (name: string, part?: Omit<Span, "everyNs">) => (i: number) => number;
  /** How many samples the plan asks of a metric. */
  readonly planned: (metric: string) => number;
}

/** One case: `next` is called `iterations` times, then as often as the stopping rule asks, then `close` once. */
export interface BenchCase {
  readonly name: string;
  readonly iterations: number;
  /** Calls at a time once the planned samples turned out to be worth too little. */
  readonly moreAtOnce: number;
  /** One per metric with a bound. */
  readonly series: readonly Series[];
  next(): Promise<void>;
  close(): Promise<void> | void;
}
