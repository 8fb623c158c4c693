// The record without a disk, for simulation and tests: the same steps as the durable ones, over plain maps.
import type { RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { writesPerSweep } from "./core/limits.ts";
import { openNews } from "./core/news.ts";
import { openStore } from "./core/open-store.ts";
import { perform, sweepRecord } from "./core/perform.ts";
import { runStep, type Step } from "./core/step.ts";
import { openTables } from "./plain/tables.ts";

/** A store that lives as long as its process. */
export function openMemoryStore({ clock }: { readonly clock: Clock }): RecordStore {
  const tables = openTables();
  const news = openNews(clock);
  let closed = false;
  let writes = 0;
  const run = <T>(step: Step<T>, nowMs: number): T => {
    if (closed) throw closedStore();
    return runStep(step, (ask) => tables.answer(ask, nowMs));
  };
  const read = async <T>(step: Step<T>): Promise<T> => run(step, clock.nowMs());
  return openStore({
    async write(request) {
      const nowMs = clock.nowMs();
      if (writes++ % writesPerSweep === 0) run(sweepRecord(), nowMs);
      const reply = run(perform(request, nowMs), nowMs);
      news.ring(request.namespace);
      return reply;
    },
    read,
    async snapshot() {
      const [copy, nowMs] = [tables.copy(), clock.nowMs()];
      return {
        read: async (step) => runStep(step, (ask) => copy.answer(ask, nowMs)),
        close: async () => undefined,
      };
    },
    news: (namespace, ms, signal) => news.wait(namespace, ms, signal),
    async close() {
      closed = true;
      news.ringAll();
    },
  });
}

function closedStore(): SwarmError {
  return new SwarmError("memory.unavailable", "Cannot use the record: it is closed", { hint: "Open it again" });
}
