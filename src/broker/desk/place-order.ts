// The one way an order leaves: door, intent, the right to send, one POST, and what became of it. Whoever is killed anywhere in
// between leaves a record from which another goes on without sending twice.
import { makeId } from "../../host/ids.ts";
import type { OrderRequest, Submission } from "../broker.ts";
import { freeze, holdsOn, unfreeze } from "./holds.ts";
import { advance, lookUpsOf, recordIntent, type Desk, type OrderRecord, type Progress } from "./order-record.ts";

/** Names what forbids an order now; asked only for one that was never sent. */
export type Door = () => readonly string[] | Promise<readonly string[]>;

export type Placed =
  /** Not sent, and it may be asked for again. */
  | { readonly outcome: "held"; readonly reasons: readonly string[] }
  /** Accepted, rejected or refused for good, or unknown: then asking again looks once more, and sends nothing. */
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
  // A stop or a freeze may have come since the first look. From here on `stopTrading` waits for this order.
  const late = await holdsOn(desk, order.symbol);
  if (late.length > 0) {
    const refused = { state: "refused", reason: `not sent: ${late.join("; ")}` } as const;
    return { outcome: "settled", record: await settle(desk, order, refused) };
  }
  const told = settledBy(await desk.broker.submit(order));
  return {
    outcome: "settled",
    record: told === null ? await resolveOrder(desk, claimed) : await settle(desk, order, told),
  };
}

/**
 * Looks an order of open fate up until the broker knows it or the window ends, once when its window has ended before; others
 * are answered as they are.
 */
export async function resolveOrder(desk: Desk, record: OrderRecord): Promise<OrderRecord> {
  const { order, progress } = record;
  if (progress.state !== "sending" && progress.state !== "unknown") return record;
  let reason = "the broker does not know it";
  const pauses = lookUpsOf(desk).slice(0, progress.state === "unknown" ? 1 : undefined);
  for (const pauseMs of pauses) {
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

/** Writes down what became of an order, where that is still open. */
export async function settle(desk: Desk, order: OrderRequest, progress: Progress): Promise<OrderRecord> {
  // First the freeze: a crash in between leaves a freeze that `thaw` drops, never a symbol that trades on.
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
