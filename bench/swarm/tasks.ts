// What is asked in the benchmark: one opinion on one day of AAPL's prices each.
import type { Queue } from "../../src/contracts/record-queue.ts";

const batch = 200;
const firstDay = Date.UTC(2016, 0, 4);
const dayMs = 86_400_000;
const days = 250;

/** Pushes `tasks` tasks `<round>/<number>`, many at a time. */
export async function pushTasks(queue: Queue, round: string, tasks: number): Promise<void> {
  for (let at = 0; at < tasks; at += batch) {
    const size = Math.min(batch, tasks - at);
    const some = Array.from({ length: size }, (_, i) => taskOf(round, at + i));
    await queue.push(some, { writer: "bench" });
  }
}

function taskOf(round: string, at: number) {
  const day = new Date(firstDay + (at % days) * dayMs).toISOString().slice(0, 10);
  return { taskId: `${round}-${at}`, payload: { symbol: "AAPL", day, bars: 60 } };
}
