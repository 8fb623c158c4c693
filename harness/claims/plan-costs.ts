// What one sample of each group takes, for the estimate before a run: an assumption, printed as such. The run itself measures.
import type { BenchGroup } from "./profiles.ts";

export interface SampleCost {
  /** Wall seconds per sample; 0 where another group's seconds pass meanwhile. `arrival`: one arrival's time. */
  readonly seconds: number | "arrival";
  /** Sandbox seconds per sample. */
  readonly sandboxSeconds: number;
}

type Costs = Readonly<Record<BenchGroup, SampleCost>>;

export const sampleCosts: Readonly<Record<"local" | "cloud", Costs>> = {
  local: {
    crew: { seconds: "arrival", sandboxSeconds: 4 },
    own: { seconds: 0, sandboxSeconds: 0 },
    five: { seconds: 3, sandboxSeconds: 12 },
    hundred: { seconds: 0.02, sandboxSeconds: 0.1 },
    thousand: { seconds: 0.02, sandboxSeconds: 0.1 },
    recovery: { seconds: 2, sandboxSeconds: 6 },
    ladder: { seconds: 0.2, sandboxSeconds: 0.5 },
    ramp: { seconds: 35, sandboxSeconds: 175 },
  },
  cloud: {
    crew: { seconds: "arrival", sandboxSeconds: 16 },
    own: { seconds: 0, sandboxSeconds: 0 },
    five: { seconds: 25, sandboxSeconds: 100 },
    hundred: { seconds: 0.1, sandboxSeconds: 0.5 },
    thousand: { seconds: 0.1, sandboxSeconds: 0.5 },
    recovery: { seconds: 8, sandboxSeconds: 24 },
    ladder: { seconds: 1, sandboxSeconds: 3 },
    ramp: { seconds: 35, sandboxSeconds: 175 },
  },
};

/** The five suites. */
export const suiteCosts = {
  local: { seconds: 60, sandboxSeconds: 300 },
  cloud: { seconds: 300, sandboxSeconds: 1_500 },
} as const;
