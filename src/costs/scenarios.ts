// The three daily workloads of the requirement, as meter readings. What they would cost is modelled, never measured.
import type { MeterReading } from "./price-of.ts";

export interface Scenario {
  readonly name: "development" | "production" | "stress";
  readonly sandboxes: number;
  readonly hoursEach: number;
  readonly calls: number;
  readonly storageGbDays: number;
}

export const scenarios: readonly Scenario[] = [
  { name: "development", sandboxes: 5, hoursEach: 2, calls: 200, storageGbDays: 1 },
  { name: "production", sandboxes: 10, hoursEach: 8, calls: 1_000, storageGbDays: 5 },
  { name: "stress", sandboxes: 50, hoursEach: 1, calls: 5_000, storageGbDays: 10 },
];

const nsPerHour = 3_600_000_000_000n;

/** Readings of a scenario on sandboxes of this size; calls and storage are spread evenly. */
export function readingsOf(scenario: Scenario, size: { cpuCount: number; memoryMb: number }): readonly MeterReading[] {
  return Array.from({ length: scenario.sandboxes }, (_, at) => ({
    sandboxId: `${scenario.name}-${at + 1}`,
    ...size,
    ranNs: BigInt(scenario.hoursEach) * nsPerHour,
    calls: scenario.calls / scenario.sandboxes,
    storageMilliGbDays: (scenario.storageGbDays * 1_000) / scenario.sandboxes,
  }));
}
