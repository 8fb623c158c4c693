// The same tasks through the record's queue without any agent: claim a window, acknowledge each with a result of the same size.
import type { RecordStore } from "../../src/contracts/record-store.ts";
import type { Clock } from "../../src/host/clock.ts";
import { pushTasks } from "./tasks.ts";

const window = 20;
const by = { writer: "bench" } as const;
const result = { outcome: "done", result: "r".repeat(1_000) } as const;

/** Tasks per second. */
export async function recordAlone(store: RecordStore, clock: Clock, round: string, tasks: number): Promise<number> {
  const queue = store.queue("alone", round, { limit: tasks + 1 });
  const beganNs = clock.monotonicNs();
  const pushed = pushTasks(queue, round, tasks);
  for (let done = 0; done < tasks;) {
    const claims = await queue.claim({ ...by, leaseMs: 60_000, max: window });
    const ended = claims.map(({ taskId, token }) =>
      queue.acknowledge({ taskId, token }, result, { ...by, entry: { key: `results/${taskId}`, ttlSeconds: null } }),
    );
    done += (await Promise.all(ended)).filter(({ outcome }) => outcome === "done").length;
  }
  await pushed;
  return tasks / (Number(clock.monotonicNs() - beganNs) / 1e9);
}
