// Readings of the sandbox meter become events: what ran, on what size, for how long.
import { recordWitness } from "../harness/evidence/record-witness.ts";
import type { EventRecorder } from "../harness/evidence/recorder.ts";
import { ownCodeSighting } from "../harness/evidence/witness.ts";
import type { MeterReading } from "../src/contracts/sandbox.ts";

export const meterMetric = "meter.sandbox-seconds";

/** The meter is our own clock around a witnessed lease. */
export function recordMeters(
  events: EventRecorder,
  readings: readonly MeterReading[],
  target: "local" | "cloud",
): void {
  if (readings.length === 0) return;
  const { id, provenance } = recordWitness(events, ownCodeSighting());
  for (const { sandboxId, cpuCount, memoryMb, ranNs } of readings) {
    const size = { vcpu: cpuCount, memMiB: memoryMb, ns: Number(ranNs) };
    events.append({ k: "meter", metric: meterMetric, sandboxId, ...size, provenance, target, wit: id });
  }
}
