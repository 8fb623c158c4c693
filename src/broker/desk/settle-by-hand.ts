// What a person found out about an order whose fate nobody knew: the only way in which it is settled without the broker's word.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { readOrder, type Desk, type OrderRecord, type Progress } from "./order-record.ts";
import { resolveOrder, settle } from "./place-order.ts";

export type HandWritten = Extract<Progress, { readonly state: "accepted" | "rejected" }>;

/**
 * Asks the broker once more and believes it first; only an order that stays unknown becomes what the person says, and its
 * symbol may be traded again. Throws `usage.invalid` when the record does not hold the order or it was never sent.
 */
export async function settleByHand(desk: Desk, clientOrderId: string, said: HandWritten): Promise<OrderRecord> {
  const record = await readOrder(desk, clientOrderId);
  if (record === null || record.progress.state === "intended") throw nothingOpen(clientOrderId, record);
  const known = await resolveOrder(desk, record);
  return known.progress.state === "unknown" ? settle(desk, known.order, said) : known;
}

function nothingOpen(clientOrderId: string, record: OrderRecord | null): SwarmError {
  const why = record === null ? "the record does not hold it" : "it was never sent";
  return new SwarmError("usage.invalid", `Cannot settle ${clientOrderId}: ${why}`, {
    hint: "Give the client order id and the account as the message about the frozen symbol names them",
    details: { clientOrderId },
  });
}
