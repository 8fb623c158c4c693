// The decisions of the torture and its account, known to the client that orders and to the one who kills it.
import { clientOrderId } from "../../src/broker/client-order-id.ts";
import type { OrderRequest } from "../../src/broker/broker.ts";
import { seededRandom } from "../../src/host/random.ts";

export const account = "orders";
export const capitalMicroUsd = 1_000_000_000_000;
/** Of the paper broker on loopback alone. */
export const paperKeys = { keyId: "paper-key", secret: "paper-secret" } as const;
const symbolCount = 40;

export const quotes: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from({ length: symbolCount }, (_, index) => [`SYM${index}`, 10_000_000 + index * 1_250_000]),
);

export function orderAt(seed: number, index: number): OrderRequest {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const symbol = `SYM${Math.floor(random.next() * symbolCount)}`;
  const side = random.next() < 0.6 ? "buy" : "sell";
  const quantity = 1 + Math.floor(random.next() * 20);
  const origin = { runId: `torture-${seed}`, decisionId: String(index), symbol, side, leg: 0 } as const;
  return { clientOrderId: clientOrderId(origin), symbol, side, quantity, limitMicroUsd: null, timeInForce: "day" };
}
