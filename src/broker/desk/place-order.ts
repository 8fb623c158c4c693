// The one way an order leaves: door, intent, the right to send, one POST, and what became of it. Whoever is killed anywhere in
// between leaves a record from which another goes on without sending twice.
import { makeId } from "../../host/ids.ts";
import type { OrderRequest, Submission } from "../broker.ts";
import { freeze, holdsOn, unfreeze } from "./holds.ts";
import { advance, recordIntent, type Desk, type OrderRecord, type Progress } from "./order-record.ts";

const defaultLookUpsMs = [50, 100, 200, 400, 800, 1_600, 3_200] as const;

/** Names what forbids an order now; asked only for one that was never sent. */
export type Door = () => readonly string[] | Promise<readonly string[]>;

export type Placed =
  /** Not sent, and it may be asked for again. */
  | { readonly outcome: "held"; readonly reasons: readonly string[] }
  /** Accepted, rejected, refused or unknown; asking again is answered the same. */
  | { readonly outcome: "settled"; readonly record: OrderRecord };

/**
 * Places an order at most once, however often and by however many it is asked for. The door is best `checkAtDoor`.
 * Throws `usage.invalid` when the id names another order, and what the record throws.
 */
export async function placeOrder(desk: Desk, order: OrderRequest, door: Door): Promise<Placed> {
  const id = order.clientOrderId;
  const { progress } = await recordIntent(desk, order);
  if (progress.state !== "intended")
    return { outcome: "settled", record: await resolveOrder(desk, { order, progress }) };
  const reasons = [...(await door()), ...(await holdsOn(desk, order.symbol))];
  if (reasons.length > 0) return { outcome: "held", reasons };
  const by = makeId("send", desk.random);
  const claimed = await advance(desk, id, { state: "sending", by });
  // Somebody else took the right to send: what became of it is looked up, not repeated.
  const isMine = claimed.progress.state === "sending" && claimed.progress.by === by;
  if (!isMine) return { outcome: "settled", record: await resolveOrder(desk, claimed) };
  const told = settledBy(await desk.broker.submit(order));
  return {
    outcome: "settled",
    record: told === null ? await resolveOrder(desk, claimed) : await settle(desk, order, told),
  };
}

/** Looks an order of open fate up until the broker knows it or the window ends; others are answered as they are. */
export async function resolveOrder(desk: Desk, record: OrderRecord): Promise<OrderRecord> {
  const { order, progress } = record;
  if (progress.state !== "sending" && progress.state !== "unknown") return record;
  let reason = "the broker does not know it";
  for (const pauseMs of desk.lookUpsMs ?? defaultLookUpsMs) {
    await desk.clock.sleep(pauseMs);
    try {
      const found = await desk.broker.find(order.clientOrderId);
      if (found === null) continue;
      const isOurs = found.symbol === order.symbol && found.side === order.side && found.quantity === order.quantity;
      if (isOurs) return await settle(desk, order, { state: "accepted", brokerOrderId: found.brokerOrderId });
      reason = "the broker holds another order under its id";
    } catch (thrown) {
      reason = thrown instanceof Error ? thrown.message : "the look-up failed";
    }
  }
  return settle(desk, order, { state: "unknown", reason });
}

async function settle(desk: Desk, order: OrderRequest, progress: Progress): Promise<OrderRecord> {
  // First the freeze: a crash in between leaves a symbol frozen too long, never one that trades on.
  if (progress.state === "unknown") await freeze(desk, order.symbol, order.clientOrderId);
  const record = await advance(desk, order.clientOrderId, progress);
  if (record.progress.state !== "unknown") await unfreeze(desk, order.symbol, order.clientOrderId);
  return record;
}

/** Null when only a look-up can tell. */
function settledBy(submission: Submission): Progress | null {
  switch (submission.outcome) {
    case "accepted":
      return { state: "accepted", brokerOrderId: submission.order.brokerOrderId };
    case "rejected":
      return { state: "rejected", reason: submission.reason };
    case "refused":
      return { state: "refused", reason: submission.reason };
    case "exists":
    case "ambiguous":
      return null;
  }
}
