// One interface for every broker. What became of an order is a value with five ends, because the caller must tell "certainly
// not taken" from "nobody knows".
import type { MicroUsd } from "../contracts/money.ts";
import type { Fill } from "../portfolio/ledger.ts";

// A type, not an interface: only then TypeScript lets it count as JSON.
export type OrderRequest = {
  /** 48 hex characters, see `clientOrderId`. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Whole units, at least 1. */
  readonly quantity: number;
  /** Null for a market order. Rounded to the tick toward the smaller order before it is sent. */
  readonly limitMicroUsd: MicroUsd | null;
  readonly timeInForce: "day" | "gtc";
};

export interface BrokerOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly filledQuantity: number;
  /** In the broker's words. */
  readonly status: string;
}

export type Submission =
  | { readonly outcome: "accepted"; readonly order: BrokerOrder }
  /** The broker holds an order of this client id already. */
  | { readonly outcome: "exists" }
  /** Judged and turned down. */
  | { readonly outcome: "rejected"; readonly reason: string }
  /** Not even judged: the key or the rate was refused. Certainly not taken. */
  | { readonly outcome: "refused"; readonly reason: string }
  /** No answer, or none that can be read: it may have been taken, or may yet be. */
  | { readonly outcome: "ambiguous"; readonly reason: string };

export interface Holdings {
  readonly cashMicroUsd: MicroUsd;
  /** Signed units by symbol, without zeros. */
  readonly quantities: ReadonlyMap<string, number>;
}

/** Errors of everything but `submit`: `auth.refused`, `broker.unavailable`, `broker.malformed`. */
export interface Broker {
  readonly kind: "paper" | "live";
  /** Sends once and never again, whatever happens. Never throws. */
  submit(order: OrderRequest): Promise<Submission>;
  /** Null when the broker does not know the id (yet). */
  find(clientOrderId: string): Promise<BrokerOrder | null>;
  /** Every execution so far in order, or those after the one of this id. Each has its own id. */
  executions(after?: string): Promise<readonly Fill[]>;
  holdings(): Promise<Holdings>;
  /** Also throws `broker.uncancelled` with the orders that the broker did not cancel. */
  cancelAll(): Promise<void>;
}
