// What a swarm is called at its target: sandboxes carry the name, so that any coordinator of the swarm, on whatever machine,
// tells its own from those of another swarm.
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { makeId } from "../../host/ids.ts";
import type { Random } from "../../host/random.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { surely } from "./recorder.ts";

const key = "swarm";

export interface IdentityOptions {
  readonly store: RecordStore;
  readonly namespace: string;
  readonly writer: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** `swarm_4h6k…`, made by whoever asks first and kept in the record. Throws `memory.corrupt` for an entry of another form. */
export async function identityOf({ store, namespace, writer, clock, random }: IdentityOptions): Promise<string> {
  const mine = { id: makeId("swarm", random) };
  const made = await surely(clock, () => store.compareAndSet(namespace, key, 0, mine, { writer, ttlSeconds: null }));
  const value = made.outcome === "written" ? made.entry.value : made.current?.value;
  if (isRecord(value) && typeof value.id === "string") return value.id;
  throw new SwarmError(
    "memory.corrupt",
    `Cannot coordinate ${namespace}: its entry ${key} is not what a coordinator writes`,
    {
      hint: "Use a namespace of its own for each swarm",
      details: { key },
    },
  );
}
