// So many tasks at once: all are due at the same moment, a few sandboxes work them off. The result of each can only be computed
// inside a sandbox from a secret; another result is a failure.
import { createHash } from "node:crypto";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import { makeId } from "../src/host/ids.ts";
import { systemRandom } from "../src/host/random.ts";
import { openGauge } from "./gauges.ts";
import type { LaneHost } from "./lane.ts";
import { measure, now } from "./schedule.ts";
import type { Setting } from "./setting.ts";
import { withSandboxes } from "./with-sandboxes.ts";

const workers = 5;

export async function runTasks(setting: Setting, metric: string, { progress, signal }: LaneHost): Promise<void> {
  const { bench, backend } = setting;
  const tasks = setting.planned(metric);
  progress(`measuring ${tasks} tasks at once on ${workers} sandboxes`);
  const secret = makeId("n", systemRandom);
  const gauge = openGauge(setting.context, setting.shard, metric);
  try {
    await withSandboxes(backend, workers, { SECRET: secret }, async (ids) => {
      const idle = openIdle(ids);
      const sch = now(bench);
      const one = (task: number): Promise<void | null> =>
        measure(bench, {
          ...gauge,
          sch,
          ph: "measure",
          cl: null,
          subject: "target",
          // Asked for at once; the wait for a free sandbox is part of the answer's time.
          operation: () =>
            idle.use(async (sandboxId) => {
              signal.throwIfAborted();
              const command = `printf '%s:%s' "$SECRET" '${task}' | sha256sum | cut -c1-64`;
              const { stdout } = await backend.call("executeE2bProcess", { sandboxId, command });
              if (stdout.trim() !== digest(secret, task)) throw wrongResult(task);
            }),
        });
      await Promise.all(Array.from({ length: tasks }, (_, task) => one(task)));
      signal.throwIfAborted();
    });
  } finally {
    gauge.recorder.close();
  }
}

/** Who has no work; those who ask wait in turn. */
function openIdle(ids: readonly string[]): { readonly use: (work: (id: string) => Promise<void>) => Promise<void> } {
  const idle = [...ids];
  const waiting: ((id: string) => void)[] = [];
  return {
    async use(work) {
      const id = idle.pop() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
      try {
        await work(id);
      } finally {
        const next = waiting.shift();
        if (next === undefined) idle.push(id);
        else next(id);
      }
    },
  };
}

function digest(secret: string, task: number): string {
  return createHash("sha256").update(`${secret}:${task}`).digest("hex");
}

function wrongResult(task: number): SwarmError {
  return new SwarmError("internal", `Task ${task} has another result than the one that only its sandbox can compute`);
}
