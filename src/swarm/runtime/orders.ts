// What people tell single agents of a running swarm, as entries of the record: the leader of the moment carries an order out
// and removes it. One that dies in between leaves it to its successor, so an order is carried out at least once.
import type { RecordStore } from "../../contracts/record-store.ts";

const prefix = "orders/restart/";
/** Nobody leads: an order that old is not meant any more. */
const lifeSeconds = 60;

/** The agent's program is killed, and what follows is what follows any failure: it is restarted in its sandbox. */
export async function orderRestart(
  store: RecordStore,
  namespace: string,
  agentId: string,
  writer: string,
): Promise<void> {
  await store.put(namespace, prefix + agentId, { ordered: true }, { writer, ttlSeconds: lifeSeconds });
}

/** Calls with every agent that is to be restarted, those ordered before included, until the signal aborts. */
export async function followOrders(
  store: RecordStore,
  namespace: string,
  signal: AbortSignal,
  call: (agentId: string, key: string) => void,
): Promise<void> {
  const from = await store.position(namespace);
  for (const { key } of await store.list(namespace, prefix)) call(key.slice(prefix.length), key);
  for await (const change of store.watch(namespace, { prefix, from, signal })) {
    if (signal.aborted) return;
    if (change.kind === "put") call(change.entry.key.slice(prefix.length), change.entry.key);
  }
}
