// Which coordinators of a swarm live, leading or standing by: each keeps an entry of its own alive, so that whoever looks can
// tell how many there are and when the last one has gone.
import type { Presence } from "../../contracts/live-swarm.ts";
import { parse } from "../../contracts/parse.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import type { Clock } from "../../host/clock.ts";
import { surely } from "./recorder.ts";

const prefix = "coordinators/";
/** One that was killed is missed after it. */
const lifeSeconds = 10;
const everyMs = 3_000;

export interface PresenceOptions {
  readonly store: RecordStore;
  readonly namespace: string;
  readonly writer: string;
  readonly clock: Clock;
  readonly self: Presence;
}

/** Says so now and again and again; the answer takes it back. A record that does not answer now is asked again later. */
export async function bePresent(options: PresenceOptions): Promise<() => Promise<void>> {
  const { store, namespace, writer, clock } = options;
  const key = prefix + writer;
  const say = async (): Promise<void> => {
    await store.put(namespace, key, { ...options.self }, { writer, ttlSeconds: lifeSeconds });
  };
  let saying = surely(clock, say);
  await saying;
  const stop = clock.every(everyMs, () => {
    saying = saying.then(say).catch(() => undefined);
  });
  return async () => {
    stop();
    await saying;
    await store.delete(namespace, key, { writer }).catch(() => undefined);
  };
}

export async function presentOnes(store: RecordStore, namespace: string): Promise<readonly Presence[]> {
  const entries = await store.list(namespace, prefix);
  return entries.map(({ value }) => parse("live.presence", value, "memory.corrupt"));
}
