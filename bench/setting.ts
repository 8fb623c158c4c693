// What every benchmark case gets.
import type { RunContext } from "../harness/evidence/recorder.ts";
import type { OpenedBackend } from "../src/backend/backend.ts";
import type { Bench } from "./schedule.ts";

export interface Setting {
  readonly bench: Bench;
  readonly context: RunContext;
  readonly backend: OpenedBackend;
  readonly target: "local" | "cloud";
  /** First tick of the cases that share a schedule, ns from the origin, and the time from one tick to the next. */
  readonly firstTick: number;
  readonly tickMs: number;
  /** How many samples the plan asks of a metric. */
  readonly planned: (metric: string) => number;
}
