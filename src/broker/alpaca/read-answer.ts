// Alpaca's shapes to ours. What does not look as documented is refused by name, never guessed.
// https://docs.alpaca.markets/reference (orders, account, positions, account activities)
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Fill } from "../../portfolio/ledger.ts";
import type { BrokerOrder } from "../broker.ts";
import { microFromDecimal, wholeFromDecimal } from "../decimals.ts";

export function readOrder(value: unknown): BrokerOrder | null {
  if (!isRecord(value)) return null;
  const { id, client_order_id: clientOrderId, symbol, side, status } = value;
  const [quantity, filledQuantity] = [wholeOf(value.qty), wholeOf(value.filled_qty)];
  if (typeof id !== "string" || typeof clientOrderId !== "string" || typeof symbol !== "string") return null;
  if ((side !== "buy" && side !== "sell") || typeof status !== "string") return null;
  if (quantity === null || filledQuantity === null) return null;
  return { brokerOrderId: id, clientOrderId, symbol, side, quantity, filledQuantity, status };
}

/** One FILL activity; its id names the execution. Commissions are none. */
export function readExecution(value: unknown): Fill | null {
  if (!isRecord(value) || value.activity_type !== "FILL") return null;
  const { id, symbol, side } = value;
  const [quantity, priceMicroUsd] = [wholeOf(value.qty), microOf(value.price)];
  if (typeof id !== "string" || typeof symbol !== "string" || quantity === null || priceMicroUsd === null) return null;
  if (side !== "buy" && side !== "sell" && side !== "sell_short") return null;
  return { fillId: id, symbol, side: side === "buy" ? "buy" : "sell", quantity, priceMicroUsd, feeMicroUsd: 0 };
}

/** Symbol and signed units. */
export function readPosition(value: unknown): readonly [string, number] | null {
  if (!isRecord(value) || typeof value.symbol !== "string") return null;
  const quantity = wholeOf(value.qty);
  return quantity === null ? null : [value.symbol, quantity];
}

export function readCash(value: unknown): number | null {
  return isRecord(value) ? microOf(value.cash) : null;
}

/** `message` of an error body, at most 200 characters. */
export function readMessage(value: unknown): string {
  const message = isRecord(value) && typeof value.message === "string" ? value.message : "no reason was given";
  return message.slice(0, 200);
}

/** One row of the answer to "cancel all". */
export function readCancellation(value: unknown): { readonly id: string; readonly status: number } | null {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.status !== "number") return null;
  return { id: value.id, status: value.status };
}

export function malformed(what: string): SwarmError {
  return new SwarmError("broker.malformed", `The broker's answer is not ${what} as documented`, {
    hint: "Fractional quantities and prices finer than a micro-dollar are not supported; otherwise the broker has changed",
    details: { what },
  });
}

function wholeOf(value: unknown): number | null {
  return typeof value === "string" ? wholeFromDecimal(value) : null;
}

function microOf(value: unknown): number | null {
  return typeof value === "string" ? microFromDecimal(value) : null;
}
