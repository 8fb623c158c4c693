// The ramp to the knee: step by step more commands a second are asked for, on a schedule that does not wait. The knee is the
// first step whose completions fall behind what was asked; later steps are not taken.
import { rampRates, rampStepSeconds } from "../harness/claims/profiles.ts";
import { openGauge } from "./gauges.ts";
import type { LaneHost } from "./lane.ts";
import { measure, now } from "./schedule.ts";
import { openSessions } from "./sessions.ts";
import type { Setting } from "./setting.ts";
import { drop } from "./schedule.ts";
import { withSandboxes } from "./with-sandboxes.ts";

const sandboxes = 5;
/** A step whose last answer comes this much later than its schedule ended has fallen behind. */
const behindSeconds = rampStepSeconds * 0.5;

export async function ramp(setting: Setting, { progress, signal }: LaneHost): Promise<void> {
  await withSandboxes(setting.backend, sandboxes, {}, async (ids) => {
    for (const rate of rampRates) {
      signal.throwIfAborted();
      progress(`measuring ${rate} commands a second`);
      const lateNs = await step(setting, ids, rate);
      const knee = lateNs > behindSeconds * 1e9;
      setting.bench.events.append({
        k: "note",
        what: "lifecycle",
        data: { step: "ramp", perSecond: rate, behindNs: Math.max(0, Math.round(lateNs)), knee },
      });
      if (knee) return;
    }
  });
}

/** ns from the end of the step's schedule to its last answer. */
async function step(setting: Setting, ids: readonly string[], rate: number): Promise<number> {
  const { bench, backend } = setting;
  const gauge = openGauge(setting.context, setting.shard, `bench.ramp.per-second-${rate}`);
  const sessions = openSessions(bench);
  const first = now(bench) + 200_000_000;
  const requests = rate * rampStepSeconds;
  try {
    for (let i = 0; i < requests; i += 1) {
      const sch = first + Math.round((i * 1e9) / rate);
      const cl = ids[i % ids.length] ?? "";
      const started = await sessions.launch(sch, async () => {
        await measure(bench, {
          ...gauge,
          sch,
          ph: "measure",
          cl,
          subject: "target",
          operation: () => backend.call("executeE2bProcess", { sandboxId: cl, command: "true" }),
          facts: () => ({ sandboxId: cl }),
        });
      });
      if (!started) drop(bench, gauge, { sch, ph: "measure", cl });
    }
    await sessions.ended();
  } finally {
    gauge.recorder.close();
  }
  return now(bench) - first - rampStepSeconds * 1e9;
}
