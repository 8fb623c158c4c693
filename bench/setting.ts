// What every benchmark case gets.
import type { RunContext } from "../harness/evidence/recorder.ts";
import type { Backend } from "../src/backend/backend.ts";
import type { Bench } from "./schedule.ts";

export interface Setting {
  readonly bench: Bench;
  readonly context: RunContext;
  readonly backend: Backend;
  readonly target: "local" | "cloud";
  /** Planned number of samples of this attempt. */
  readonly scale: (samples: number) => number;
}
