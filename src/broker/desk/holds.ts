// What stops orders: a symbol whose order has an unknown fate, and the stop of the whole desk.
import type { Desk } from "./order-record.ts";
import { deskNamespace } from "./order-record.ts";

/** Why this symbol may not be traded now; empty when it may. */
export async function holdsOn({ store, account }: Desk, symbol: string): Promise<readonly string[]> {
  const stop = await store.get(deskNamespace(account), "stop");
  const frozen = await store.list(deskNamespace(account), frozenKey(symbol, ""));
  return [
    ...(stop === null
      ? []
      : [`trading is stopped: ${typeof stop.value === "string" ? stop.value : "no reason was given"}`]),
    ...frozen.map(
      ({ key }) => `${symbol} is frozen: nobody knows the fate of ${key.slice(frozenKey(symbol, "").length)}`,
    ),
  ];
}

export async function freeze({ store, account, writer }: Desk, symbol: string, clientOrderId: string): Promise<void> {
  await store.put(deskNamespace(account), frozenKey(symbol, clientOrderId), true, { writer, ttlSeconds: null });
}

export async function unfreeze({ store, account, writer }: Desk, symbol: string, clientOrderId: string): Promise<void> {
  await store.delete(deskNamespace(account), frozenKey(symbol, clientOrderId), { writer });
}

/** The kill switch: nothing new is sent from now on, and what is open is cancelled. */
export async function stopTrading({ store, account, writer, broker }: Desk, reason: string): Promise<void> {
  await store.put(deskNamespace(account), "stop", reason, { writer, ttlSeconds: null });
  await broker.cancelAll();
}

/** A person has looked: trading goes on. */
export async function resumeTrading({ store, account, writer }: Desk): Promise<void> {
  await store.delete(deskNamespace(account), "stop", { writer });
}

function frozenKey(symbol: string, clientOrderId: string): string {
  return `frozen/${encodeURIComponent(symbol)}/${clientOrderId}`;
}
