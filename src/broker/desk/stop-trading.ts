// The kill switch: nothing new is sent from the stop on, and what was being sent when it came is cancelled too. Whoever takes the
// right to send looks for the stop once more, so that after it only orders that were `sending` before can still arrive.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { untilRecorded } from "../../host/until-recorded.ts";
import { uncancelled } from "../uncancelled.ts";
import { deskNamespace, lookUpsOf, readOrders, type Desk } from "./order-record.ts";

/** The look-ups' pauses so many times over: a POST's own time limit and its look-ups lie within. */
const windows = 3;

/**
 * Writes the stop, then cancels until no order is being sent and the broker refuses no cancellation. Throws `broker.uncancelled`
 * with the orders that may still be open, `broker.unavailable` when no cancellation was answered; the stop stands then too.
 */
export async function stopTrading(desk: Desk, reason: string): Promise<void> {
  const { store, clock, account, writer } = desk;
  await untilRecorded(clock, () => store.put(deskNamespace(account), "stop", reason, { writer, ttlSeconds: null }));
  const pauses = Array.from({ length: windows }, () => lookUpsOf(desk)).flat();
  for (let round = 0; ; round += 1) {
    const left = await cancelOnce(desk);
    const pauseMs = pauses[round];
    if (left === null) return;
    if (pauseMs === undefined) throw left;
    await clock.sleep(pauseMs);
  }
}

/** Null when nothing can be open any more; what a later round may mend otherwise. */
async function cancelOnce(desk: Desk): Promise<SwarmError | null> {
  // Read before the cancellation: what is not `sending` here has arrived, and is reached by it, or never will.
  const orders = await untilRecorded(desk.clock, () => readOrders(desk));
  const sending = orders.flatMap(({ order, progress }) => (progress.state === "sending" ? [order.clientOrderId] : []));
  try {
    await desk.broker.cancelAll();
  } catch (thrown) {
    if (thrown instanceof SwarmError && thrown.row.retry === "after-delay") return thrown;
    throw thrown;
  }
  return sending.length === 0 ? null : uncancelled(sending, "somebody was sending them");
}
