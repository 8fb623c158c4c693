// What people want of a running swarm, as an entry of the record that its leader follows: how many agents, and whether it is to
// end. Whoever may write to the record may say it; the leader of the moment, and every one after it, obeys.
import { isRecord, type Json } from "../../contracts/json.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface Wanted {
  /** Agents, at least and at most; equal = exactly so many, whatever the load. */
  readonly min: number;
  readonly max: number;
  /** Every agent finishes what it holds and goes, then the coordinators end. */
  readonly ended: boolean;
}

const key = "wanted";
/** As many as one coordinator is measured with (reference coordination §8). */
const mostAgents = 200;

/** Says it. Throws `usage.invalid` when it cannot be, and what the record throws. */
export async function wantOf(store: RecordStore, namespace: string, wanted: Wanted, writer: string): Promise<void> {
  const { min, max, ended } = wanted;
  if (!isWanted(wanted)) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot run ${min} to ${max} agents: wanted are whole numbers from 0 to ${mostAgents}`,
      {
        hint: "Give a least number that is no greater than the most",
        details: { min, max, limit: mostAgents },
      },
    );
  }
  await store.put(namespace, key, { min, max, ended }, { writer, ttlSeconds: null });
}

/** Null when nobody has said anything, or something else than a wish. */
export async function wantedOf(store: RecordStore, namespace: string): Promise<Wanted | null> {
  const entry = await store.get(namespace, key);
  return entry !== null && isWanted(entry.value) ? entry.value : null;
}

/** Calls with the present wish, if there is one, and with each new one, until the signal aborts. */
export async function followWanted(
  store: RecordStore,
  namespace: string,
  signal: AbortSignal,
  call: (wanted: Wanted) => void,
): Promise<void> {
  const from = await store.position(namespace);
  const present = await wantedOf(store, namespace);
  if (signal.aborted) return;
  if (present !== null) call(present);
  for await (const change of store.watch(namespace, { prefix: key, from, signal })) {
    if (signal.aborted) return;
    if (change.kind === "put" && change.entry.key === key && isWanted(change.entry.value)) call(change.entry.value);
  }
}

function isWanted(value: Json | Wanted): value is Json & Wanted {
  if (!isRecord(value) || typeof value.ended !== "boolean") return false;
  const { min, max } = value;
  return isCount(min) && isCount(max) && min <= max;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= mostAgents;
}
