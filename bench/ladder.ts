// The ladder of concurrency: more and more sandboxes work at once, each on one command after the other (a closed loop, because
// the question is how much so many workers get done). A rung's rate is completions over its own window.
import { ladderRungs } from "../harness/claims/profiles.ts";
import { openGauge } from "./gauges.ts";
import type { LaneHost } from "./lane.ts";
import { measure, now } from "./schedule.ts";
import type { Setting } from "./setting.ts";
import { withSandboxes } from "./with-sandboxes.ts";

export async function climb(setting: Setting, { progress, signal }: LaneHost): Promise<void> {
  const { bench, backend } = setting;
  for (const rung of ladderRungs) {
    signal.throwIfAborted();
    progress(`measuring ${rung} sandboxes at work at once`);
    const metric = `bench.ladder.sandboxes-${rung}`;
    const commands = setting.planned(metric);
    const gauge = openGauge(setting.context, setting.shard, metric);
    try {
      await withSandboxes(backend, rung, {}, async (ids) => {
        let next = 0;
        const work = async (sandboxId: string): Promise<void> => {
          while (next < commands) {
            next += 1;
            await measure(bench, {
              ...gauge,
              sch: now(bench),
              ph: "measure",
              cl: sandboxId,
              subject: "target",
              operation: () => backend.call("executeE2bProcess", { sandboxId, command: "seq 20000 | sha256sum" }),
              facts: () => ({ sandboxId }),
            });
          }
        };
        await Promise.all(ids.map(work));
      });
    } finally {
      gauge.recorder.close();
    }
  }
}
