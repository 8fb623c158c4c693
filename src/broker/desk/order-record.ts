// What the record says about one order, and the only ways in which that may change. An order is written down before it is
// sent, and the right to send it is taken once.
import { isRecord } from "../../contracts/json.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { listShards, shardedKey } from "../../host/record-shards.ts";
import { untilRecorded } from "../../host/until-recorded.ts";
import type { Broker, OrderRequest } from "../broker.ts";

export interface Desk {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly broker: Broker;
  readonly account: string;
  /** Who writes; part of the record. */
  readonly writer: string;
  /** Pauses before each look-up of an order whose fate is open, ms. The last miss ends the window. Default: 50 ms to 3.2 s. */
  readonly lookUpsMs?: readonly number[];
}

export type Progress =
  /** Certainly not sent. */
  | { readonly state: "intended" }
  /** Whoever wrote `by` may send, once. */
  | { readonly state: "sending"; readonly by: string }
  | { readonly state: "accepted"; readonly brokerOrderId: string }
  | { readonly state: "rejected"; readonly reason: string }
  | { readonly state: "refused"; readonly reason: string }
  /** Sent, perhaps; the broker did not know it when the window ended. Its symbol is frozen. */
  | { readonly state: "unknown"; readonly reason: string };

export type OrderRecord = { readonly order: OrderRequest; readonly progress: Progress };

const followers: Readonly<Record<Progress["state"], readonly Progress["state"][]>> = {
  intended: ["sending"],
  sending: ["accepted", "rejected", "refused", "unknown"],
  unknown: ["accepted", "rejected", "refused"],
  accepted: [],
  rejected: [],
  refused: [],
};

const defaultLookUpsMs = [50, 100, 200, 400, 800, 1_600, 3_200] as const;

export function lookUpsOf({ lookUpsMs }: Desk): readonly number[] {
  return lookUpsMs ?? defaultLookUpsMs;
}

export function deskNamespace(account: string): string {
  return `orders/${account}`;
}

/** Writes the intent, or finds the one that is there. Another order of the same id is `usage.invalid`. */
export async function recordIntent(desk: Desk, order: OrderRequest): Promise<OrderRecord> {
  const record = await change(desk, order.clientOrderId, (present) =>
    present === null ? { order, progress: { state: "intended" } } : null,
  );
  if (isSameOrder(record.order, order)) return record;
  throw new SwarmError("usage.invalid", `Cannot order under ${order.clientOrderId}: it names another order`, {
    hint: "Give every decision its own id",
    details: { clientOrderId: order.clientOrderId },
  });
}

/** Moves an order on where that is allowed; answers with what the record says then, moved or not. */
export function advance(desk: Desk, clientOrderId: string, progress: Progress): Promise<OrderRecord> {
  return change(desk, clientOrderId, (present) => {
    if (present === null || !followers[present.progress.state].includes(progress.state)) return null;
    return { order: present.order, progress };
  });
}

/** Every order of the account. Throws `state.corrupt` for an entry that is none. */
export async function readOrders({ store, account }: Desk): Promise<readonly OrderRecord[]> {
  return (await listShards(store, deskNamespace(account), "order")).map(({ key, value }) => parse(key, value));
}

/** One order; null when the record does not hold it. */
export async function readOrder({ store, account }: Desk, clientOrderId: string): Promise<OrderRecord | null> {
  const key = keyOf(clientOrderId);
  const entry = await store.get(deskNamespace(account), key);
  return entry === null ? null : parse(key, entry.value);
}

/** Whether its fate is known for good: then nothing about it changes any more. */
export function isFinal({ progress }: OrderRecord): boolean {
  return followers[progress.state].length === 0;
}

/** Compare-and-set until it holds. A lost answer is settled by reading, so `next` must know its own handwriting. */
async function change(
  { store, clock, account, writer }: Desk,
  clientOrderId: string,
  next: (present: OrderRecord | null) => OrderRecord | null,
): Promise<OrderRecord> {
  const key = keyOf(clientOrderId);
  // An order is written four times at most, so nobody loses this race for long.
  for (;;) {
    const moved = await untilRecorded(clock, async () => {
      const entry = await store.get(deskNamespace(account), key);
      const present = entry === null ? null : parse(key, entry.value);
      const wanted = next(present);
      if (wanted === null && present !== null) return present;
      if (wanted === null) throw unrecorded(clientOrderId);
      const by = { writer, ttlSeconds: null };
      const set = await store.compareAndSet(deskNamespace(account), key, entry?.version ?? 0, wanted, by);
      return set.outcome === "written" ? wanted : null;
    });
    if (moved !== null) return moved;
  }
}

function isSameOrder(a: OrderRequest, b: OrderRequest): boolean {
  return (
    a.clientOrderId === b.clientOrderId &&
    a.symbol === b.symbol &&
    a.side === b.side &&
    a.quantity === b.quantity &&
    a.limitMicroUsd === b.limitMicroUsd &&
    a.timeInForce === b.timeInForce
  );
}

function keyOf(clientOrderId: string): string {
  return shardedKey("order", clientOrderId);
}

function parse(key: string, value: unknown): OrderRecord {
  if (isRecord(value) && isOrder(value.order) && isProgress(value.progress) && keyOf(value.order.clientOrderId) === key)
    return { order: value.order, progress: value.progress };
  throw new SwarmError("state.corrupt", `${key} is no order of that id`, {
    hint: "Restore the record from a backup",
    details: { key },
  });
}

function isOrder(value: unknown): value is OrderRequest {
  if (!isRecord(value)) return false;
  const { clientOrderId, symbol, side, quantity, limitMicroUsd, timeInForce } = value;
  return (
    typeof clientOrderId === "string" &&
    typeof symbol === "string" &&
    (side === "buy" || side === "sell") &&
    Number.isSafeInteger(quantity) &&
    (limitMicroUsd === null || Number.isSafeInteger(limitMicroUsd)) &&
    (timeInForce === "day" || timeInForce === "gtc")
  );
}

function isProgress(value: unknown): value is Progress {
  if (!isRecord(value)) return false;
  switch (value.state) {
    case "intended":
      return true;
    case "sending":
      return typeof value.by === "string";
    case "accepted":
      return typeof value.brokerOrderId === "string";
    default:
      return ["rejected", "refused", "unknown"].includes(String(value.state)) && typeof value.reason === "string";
  }
}

function unrecorded(clientOrderId: string): SwarmError {
  return new SwarmError("state.corrupt", `The order ${clientOrderId} is not in the record`, {
    hint: "Restore the record from a backup",
    details: { clientOrderId },
  });
}
