// What people tell a running swarm at once, as entries of the record: the leader of the moment carries an order out and removes
// it. One that dies in between leaves it to its successor, so an order is carried out at least once.
import { isRecord, type Json } from "../../contracts/json.ts";
import type { RecordStore } from "../../contracts/record-store.ts";

export type Order =
  | { readonly kind: "restart"; readonly agentId: string }
  /** `gap`: share of an agent's places that the busiest may be above the average. */
  | { readonly kind: "rebalance"; readonly orderId: string; readonly gap: number };

const prefix = "orders/";
const restarts = `${prefix}restart/`;
const rebalances = `${prefix}rebalance/`;
/** Nobody leads: an order that old is not meant any more. */
const lifeSeconds = 60;

/** The agent's program is killed, and what follows is what follows any failure: it is restarted in its sandbox. */
export async function orderRestart(
  store: RecordStore,
  namespace: string,
  agentId: string,
  writer: string,
): Promise<void> {
  await store.put(namespace, restarts + agentId, { ordered: true }, { writer, ttlSeconds: lifeSeconds });
}

/** Open tasks are evened out among the agents; what was moved stands under `rebalances/<orderId>` then. */
export async function orderRebalance(
  store: RecordStore,
  namespace: string,
  order: Omit<Extract<Order, { kind: "rebalance" }>, "kind">,
  writer: string,
): Promise<void> {
  await store.put(namespace, rebalances + order.orderId, { gap: order.gap }, { writer, ttlSeconds: lifeSeconds });
}

/** Calls with every order, those given before included, until the signal aborts. */
export async function followOrders(
  store: RecordStore,
  namespace: string,
  signal: AbortSignal,
  call: (order: Order | null, key: string) => void,
): Promise<void> {
  const from = await store.position(namespace);
  for (const { key, value } of await store.list(namespace, prefix)) call(orderOf(key, value), key);
  for await (const change of store.watch(namespace, { prefix, from, signal })) {
    if (signal.aborted) return;
    if (change.kind === "put") call(orderOf(change.entry.key, change.entry.value), change.entry.key);
  }
}

/** Null for what is no order: it is removed like one. */
function orderOf(key: string, value: Json): Order | null {
  if (key.startsWith(restarts)) return { kind: "restart", agentId: key.slice(restarts.length) };
  const gap = isRecord(value) ? value.gap : undefined;
  if (!key.startsWith(rebalances) || typeof gap !== "number" || !(gap >= 0 && gap <= 1)) return null;
  return { kind: "rebalance", orderId: key.slice(rebalances.length), gap };
}
