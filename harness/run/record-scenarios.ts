// Three days of work as meter readings: a model of a bill, never a measurement. No witness stands behind them and they say so.
import { readingsOf, scenarios } from "../../src/costs/scenarios.ts";
import type { OpenRun } from "../evidence/open-run.ts";

/** Decision 4: the default template. */
export const scenarioSize = { cpuCount: 1, memoryMb: 512 } as const;

export function recordScenarios({ events, plan }: OpenRun): void {
  for (const scenario of scenarios) {
    const metric = `cost.scenario.${scenario.name}`;
    if (!plan.claims.some((claim) => claim.metric === metric)) continue;
    for (const { sandboxId, cpuCount, memoryMb, ranNs } of readingsOf(scenario, scenarioSize)) {
      const size = { vcpu: cpuCount, memMiB: memoryMb, ns: Number(ranNs) };
      events.append({ k: "meter", metric, sandboxId, ...size, provenance: "modelled", target: "cloud", wit: null });
    }
  }
}
