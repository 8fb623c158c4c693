// The account a tape is replayed against. Conventions: docs/decisions/0040-trading.md (reference mode) and 0041 (product mode).
import type { Terms } from "../strategies/strategy.ts";

/** How much worse than its price a market or stop order fills. The result never leaves the bar's [low, high]. */
export type Slippage =
  | { readonly kind: "none" }
  | { readonly kind: "bps"; readonly bps: number }
  /** `bpsPerPct` basis points for every percent of the bar's volume that the order takes. */
  | { readonly kind: "volume"; readonly bpsPerPct: number }
  /** Uniform between 0 and 2·bps, from a seeded stream. */
  | { readonly kind: "noise"; readonly bps: number; readonly seed: number };

/** `reference`: as the engines whose results are compared. `product`: without their liberties (docs/decisions/0041). */
export type EngineMode = "reference" | "product";

export interface EngineConfig {
  readonly mode: EngineMode;
  /** Money at the start, in the tape's currency. */
  readonly cash: number;
  /** What an entry asks for when it names no size: a fraction of the available margin in (0, 1), or whole units. */
  readonly size: number;
  /** Fee per fill = fixed + |units|·price·relative. */
  readonly commission: { readonly fixed: number; readonly relative: number };
  /** Reference: entries are worse by this fraction of the price. Product: half of it is a cost of every fill. */
  readonly spread: number;
  /** Share of a position that must be own money, in (0, 1]; leverage is 1/margin. */
  readonly margin: number;
  /** Market orders fill at the close of the bar that decided them instead of the next open. */
  readonly tradeOnClose: boolean;
  /** An entry first cancels what is pending and closes what is open. */
  readonly exclusiveOrders: boolean;
  /** Close what is open at the end: at the last open in reference mode, at the last close in product mode. */
  readonly finalizeTrades: boolean;
  /** Product mode only, as all that follows. */
  readonly slippage: Slippage;
  /** Percent per year on the value of short positions, and on what longs are worth beyond the equity. */
  readonly borrowPct: number;
  readonly interestPct: number;
  /** Whether stop and target keep their distance to the signal's close or to the fill. */
  readonly bracketFrom: "signal" | "fill";
}

export const defaultConfig: EngineConfig = {
  mode: "reference",
  cash: 10_000,
  size: 1 - 2 ** -52,
  commission: { fixed: 0, relative: 0 },
  spread: 0,
  margin: 1,
  tradeOnClose: false,
  exclusiveOrders: false,
  finalizeTrades: false,
  slippage: { kind: "none" },
  borrowPct: 0,
  interestPct: 0,
  bracketFrom: "signal",
};

/** What is asked for when entering. `size` is a fraction of the available margin in (0, 1), or whole units. */
export interface Entry extends Terms {
  readonly size?: number;
}

/** What a decision may do at the close of a bar. */
export interface Desk {
  /** Signed units held, after the bar's orders. */
  readonly position: () => number;
  /** Orders waiting. */
  readonly pending: () => number;
  readonly buy: (entry?: Entry) => void;
  readonly sell: (entry?: Entry) => void;
  /** Queues a close for every open trade. */
  readonly close: () => void;
}

export type Decide = (bar: number, desk: Desk) => void;

/** Closed trades as columns, in order of closing. `size` is signed. */
export interface Trades {
  readonly size: readonly number[];
  readonly entryBar: readonly number[];
  readonly exitBar: readonly number[];
  readonly entryPrice: readonly number[];
  readonly exitPrice: readonly number[];
  readonly profit: readonly number[];
  readonly fees: readonly number[];
  readonly returnFraction: readonly number[];
}

export interface OpenPosition {
  readonly size: number;
  readonly entryBar: number;
  readonly entryPrice: number;
  readonly unrealised: number;
}

export interface Simulation {
  readonly equity: Float64Array;
  readonly trades: Trades;
  readonly open: readonly OpenPosition[];
  /** Cash without the marks of open positions. */
  readonly finalCash: number;
  /** Borrow cost and margin interest paid; 0 in reference mode. */
  readonly financing: number;
  readonly firstDecisionBar: number;
  /** The bar on which equity reached zero, or -1. */
  readonly bustBar: number;
}
