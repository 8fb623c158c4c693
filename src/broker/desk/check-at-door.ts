// The limits an order must keep before it is sent. All that forbid it are named, not the first alone.
import type { MicroUsd } from "../../contracts/money.ts";
import type { OrderRequest } from "../broker.ts";

export interface DoorLimits {
  readonly orderNotionalMicroUsd: MicroUsd;
  /** |units| of the symbol after the order. */
  readonly positionUnits: number;
  /** Σ |position| after the order. */
  readonly grossMicroUsd: MicroUsd;
  readonly dailyLossMicroUsd: MicroUsd;
  readonly ordersPerMinute: number;
  /** How far a limit may lie from the quote, millionths of it. */
  readonly collarPpm: number;
  readonly quoteAgeMs: number;
}

export interface DoorFacts {
  readonly quoteMicroUsd: MicroUsd;
  readonly quoteAgeMs: number;
  readonly isMarketOpen: boolean;
  /** Signed units held. */
  readonly positionUnits: number;
  /** Σ |position| over all other symbols. */
  readonly otherGrossMicroUsd: MicroUsd;
  /** Loss since the day began; a profit is negative. */
  readonly lossMicroUsd: MicroUsd;
  readonly ordersLastMinute: number;
}

/** Sentences, one per limit that is broken; empty when the order may pass. */
export function checkAtDoor(order: OrderRequest, facts: DoorFacts, limits: DoorLimits): readonly string[] {
  const price = order.limitMicroUsd ?? facts.quoteMicroUsd;
  const after = facts.positionUnits + (order.side === "buy" ? order.quantity : -order.quantity);
  const gross = facts.otherGrossMicroUsd + Math.abs(after) * facts.quoteMicroUsd;
  const apart = Math.ceil((Math.abs(price - facts.quoteMicroUsd) / facts.quoteMicroUsd) * 1_000_000);
  const rows: readonly (readonly [string, number, number])[] = [
    ["order notional, micro-dollars", order.quantity * price, limits.orderNotionalMicroUsd],
    ["position, units", Math.abs(after), limits.positionUnits],
    ["gross exposure, micro-dollars", gross, limits.grossMicroUsd],
    ["loss of the day, micro-dollars", facts.lossMicroUsd, limits.dailyLossMicroUsd],
    ["orders in a minute", facts.ordersLastMinute + 1, limits.ordersPerMinute],
    ["distance from the quote, millionths", apart, limits.collarPpm],
    ["age of the quote, ms", facts.quoteAgeMs, limits.quoteAgeMs],
  ];
  const broken = rows
    .filter(([, used, limit]) => !(used <= limit))
    .map(([name, used, limit]) => `${name}: ${used}, at most ${limit}`);
  return facts.isMarketOpen ? broken : [...broken, "the market is closed"];
}
