// What is measured, as samples in the order taken. Contenders take turns in each round, so that a busy moment of the machine
// meets all of them.
import type { Clock } from "../../src/host/clock.ts";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { record, type Samples } from "../report/samples.ts";
import type { Contender } from "./contender.ts";

const value = { pad: "v".repeat(240) };
const keys = 64;
const each = { put: 60, get: 300, step: 60 } as const;

/** Microseconds of single operations, one after the other. */
export async function oneByOne(clock: Clock, contender: Contender, samples: Samples): Promise<void> {
  const acts = {
    put: (i: number) => contender.put(`k${i % keys}`, value),
    get: (i: number) => contender.get(`k${i % keys}`),
    step: (i: number) => contender.step(`c${i % keys}`),
  } as const;
  for (const kind of ["put", "get", "step"] as const) {
    for (let i = 0; i < each[kind]; i += 1) {
      const began = clock.monotonicNs();
      await acts[kind](i);
      record(samples, `${kind} ${contender.name}`, Number(clock.monotonicNs() - began) / 1_000);
    }
  }
}

/** Operations per second with `lanes` in flight for `forMs`. */
async function perSecond(
  clock: Clock,
  lanes: number,
  forMs: number,
  act: (lane: number, i: number) => Promise<unknown>,
) {
  const began = clock.monotonicNs();
  const endNs = began + BigInt(forMs) * 1_000_000n;
  let done = 0;
  const lane = async (at: number): Promise<void> => {
    for (let i = 0; clock.monotonicNs() < endNs; i += 1) {
      await act(at, i);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, at) => lane(at)));
  return (done * 1e9) / Number(clock.monotonicNs() - began);
}

const inFlight = 64;
const burstMs = 400;

export async function putsInFlight(clock: Clock, name: string, store: RecordStore, samples: Samples): Promise<void> {
  const put = (lane: number, i: number) =>
    store.put("flight", `k${lane}-${i % 8}`, value, { writer: "bench", ttlSeconds: null });
  record(samples, `puts/s, ${inFlight} in flight, ${name}`, await perSecond(clock, inFlight, burstMs, put));
}

const workers = 16;
const tasksAtOnce = 500;

/** Claimed one at a time and acknowledged, each acknowledgement durable, by workers at once. Pushing is not timed. */
export async function tasksPerSecond(clock: Clock, name: string, store: RecordStore, samples: Samples): Promise<void> {
  const tag = String(clock.monotonicNs());
  const queue = store.queue("tasks", `q${tag}`, { limit: 100_000 });
  const by = { writer: "bench" };
  const tasks = Array.from({ length: tasksAtOnce }, (_, i) => ({ taskId: `${tag}-${i}`, payload: { i } }));
  await queue.push(tasks, by);
  const began = clock.monotonicNs();
  const work = async (): Promise<void> => {
    for (;;) {
      const [claim] = await queue.claim({ ...by, leaseMs: 60_000 });
      if (claim === undefined) return;
      await queue.acknowledge(claim, { ok: true }, by);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const took = Number(clock.monotonicNs() - began) / 1e9;
  record(samples, `tasks/s, ${workers} workers, ${name}`, tasksAtOnce / took);
}

const watched = 60;

/** Microseconds from the acknowledgement of a put to the moment a watch has told it, and from its start. */
export async function watchLatency(
  clock: Clock,
  name: string,
  { writer, reader }: { readonly writer: RecordStore; readonly reader: RecordStore },
  samples: Samples,
): Promise<void> {
  const started: bigint[] = [];
  const told: bigint[] = [];
  const ending = new AbortController();
  const from = await reader.position("watched");
  const watching = (async () => {
    for await (const _ of reader.watch("watched", { from, signal: ending.signal })) {
      if (told.push(clock.monotonicNs()) >= watched) ending.abort();
    }
  })();
  for (let i = 0; i < watched; i += 1) {
    await clock.sleep(2);
    started.push(clock.monotonicNs());
    await writer.put("watched", "x", i, { writer: "bench" });
  }
  await watching;
  for (const [i, at] of told.entries()) {
    record(samples, `put to watch, ${name}`, Number(at - (started[i] ?? at)) / 1_000);
  }
}
