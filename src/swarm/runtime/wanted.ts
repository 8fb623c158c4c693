// What people want of a running swarm, as an entry of the record that its leader follows: how many agents and at which posts,
// and whether it is to end. Whoever may write to the record may say it; the leader of the moment, and every one after it, obeys.
import type { Json } from "../../contracts/json.ts";
import { mostAgents, type Wanted } from "../../contracts/live-swarm.ts";
import { check } from "../../contracts/parse.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

const key = "wanted";
/** Two people who change it at once: the later one begins anew with what the earlier one wrote. */
const maxTries = 100;

/** What is wanted when nobody has said anything. */
export const nothingWanted: Wanted = { min: 0, max: 0, ended: false, untilMs: null, posts: [] };

/**
 * Replaces the wish by what `change` makes of the present one, and loses nobody else's change. Throws what `change` throws,
 * `usage.invalid` when the wish cannot be, `memory.conflict` when others change it again and again, and what the record throws.
 */
export async function changeWanted(
  store: RecordStore,
  namespace: string,
  writer: string,
  change: (present: Wanted) => Wanted,
): Promise<Wanted> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const entry = await store.get(namespace, key);
    const next = change((entry === null ? null : parsed(entry.value)) ?? nothingWanted);
    refuseImpossible(next);
    const value: Json = JSON.parse(JSON.stringify(next));
    const version = entry?.version ?? 0;
    const made = await store.compareAndSet(namespace, key, version, value, { writer, ttlSeconds: null });
    if (made.outcome === "written") return next;
  }
  throw new SwarmError(
    "memory.conflict",
    `Cannot change what is wanted of ${namespace}: others change it all the time`,
    {
      hint: "Try again",
    },
  );
}

function refuseImpossible(wanted: Wanted): void {
  const { min, max, posts } = wanted;
  if (min <= max && parsed(wanted) !== null && new Set(posts.map(({ postId }) => postId)).size === posts.length) return;
  const sentence = `Cannot run ${min} to ${max} agents at ${posts.length} posts: wanted are whole numbers from 0 to ${mostAgents}`;
  throw new SwarmError("usage.invalid", sentence, {
    hint: "Give a least number that is no greater than the most, and each post a name of its own",
    details: { min, max, limit: mostAgents },
  });
}

/** Null when nobody has said anything, or something else than a wish. */
export async function wantedOf(store: RecordStore, namespace: string): Promise<Wanted | null> {
  const entry = await store.get(namespace, key);
  return entry === null ? null : parsed(entry.value);
}

/** Calls with the present wish, if there is one, and with each new one, until the signal aborts. A forgotten swarm is to end. */
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
    if (change.kind === "clear") call({ ...nothingWanted, ended: true });
    const next = change.kind === "put" && change.entry.key === key ? parsed(change.entry.value) : null;
    if (next !== null) call(next);
  }
}

function parsed(value: Json | Wanted): Wanted | null {
  const wish = check("live.wanted", value);
  return wish.ok && wish.value.min <= wish.value.max ? wish.value : null;
}
