// A small model for tests: declared, not measured.
import type { LatencyModel } from "../../src/contracts/simulation.ts";
import { faultLevels, type SimulationSettings } from "../../src/simulation/settings.ts";

const series = (...samplesUs: number[]): LatencyModel["series"]["hop"] => ({
  what: "declared for a test",
  provenance: "declared",
  target: "local",
  source: "this test",
  sha256: null,
  samplesUs,
});

const model: LatencyModel = {
  id: "test",
  note: "",
  series: {
    hop: series(200, 400, 5_000),
    put: series(500, 2_000),
    work: series(20_000, 200_000, 3_000_000),
    restart: series(30_000, 60_000),
    replace: series(130_000, 220_000),
    vote: series(10_000, 60_000),
  },
};

/** Twelve agents, a quarter of an hour, everything going wrong. */
export function settings(overrides: Partial<SimulationSettings> = {}): SimulationSettings {
  return {
    agents: 12,
    minAgents: 12,
    hours: 0.25,
    seed: 1,
    tasksPerAgentHour: 240,
    distribution: "least-loaded",
    topology: "hierarchical",
    faults: { ...faultLevels.heavy, kill: 20, stall: 20, liar: 4, coordinatorKill: 40, coordinatorPause: 40 },
    model,
    voteEveryMs: 10_000,
    ...overrides,
  };
}
