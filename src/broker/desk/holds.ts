// What stops orders: a symbol whose order has an unknown fate, and the stop of the whole desk. A freeze lasts as long as the fate
// is open; one that outlived it, because its writer was killed, is dropped by whoever meets it.
import { untilRecorded } from "../../host/until-recorded.ts";
import { deskNamespace, isFinal, readOrder, type Desk } from "./order-record.ts";

/** Why this symbol may not be traded now; empty when it may. */
export async function holdsOn(desk: Desk, symbol: string): Promise<readonly string[]> {
  const stop = await readStop(desk);
  const frozen = await thaw(desk, symbol);
  return [
    ...(stop === null ? [] : [`trading is stopped: ${stop}`]),
    ...frozen.map((id) => `${symbol} is frozen: nobody knows the fate of ${id}`),
  ];
}

export async function freeze(
  { store, clock, account, writer }: Desk,
  symbol: string,
  clientOrderId: string,
): Promise<void> {
  const key = `${frozenPrefix(symbol)}${clientOrderId}`;
  await untilRecorded(clock, () => store.put(deskNamespace(account), key, true, { writer, ttlSeconds: null }));
}

export async function unfreeze(desk: Desk, symbol: string, clientOrderId: string): Promise<void> {
  await drop(desk, `${frozenPrefix(symbol)}${clientOrderId}`);
}

/** Drops the freezes of orders whose fate is known, of one symbol or of all. The client order ids that still freeze. */
export async function thaw(desk: Desk, symbol?: string): Promise<readonly string[]> {
  const { store, clock, account } = desk;
  const prefix = symbol === undefined ? frozenKeys : frozenPrefix(symbol);
  const entries = await untilRecorded(clock, () => store.list(deskNamespace(account), prefix));
  const open: string[] = [];
  for (const { key } of entries) {
    const id = key.slice(key.indexOf("/", frozenKeys.length) + 1);
    const record = await untilRecorded(clock, () => readOrder(desk, id));
    if (record !== null && isFinal(record)) await drop(desk, key);
    else open.push(id);
  }
  return open;
}

/** Why the whole desk is stopped; null when it is not. */
export async function readStop({ store, clock, account }: Desk): Promise<string | null> {
  const stop = await untilRecorded(clock, () => store.get(deskNamespace(account), "stop"));
  if (stop === null) return null;
  return typeof stop.value === "string" ? stop.value : "no reason was given";
}

/** A person has looked: trading goes on. */
export async function resumeTrading(desk: Desk): Promise<void> {
  await drop(desk, "stop");
}

const frozenKeys = "frozen/";

function frozenPrefix(symbol: string): string {
  return `${frozenKeys}${encodeURIComponent(symbol)}/`;
}

async function drop({ store, clock, account, writer }: Desk, key: string): Promise<void> {
  await untilRecorded(clock, () => store.delete(deskNamespace(account), key, { writer }));
}
