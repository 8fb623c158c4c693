// The account a tape is replayed against. Conventions: docs/decisions/0040-trading.md (reference mode).

export interface EngineConfig {
  /** Money at the start, in the tape's currency. */
  readonly cash: number;
  /** Fee per fill = fixed + |units|·price·relative. */
  readonly commission: { readonly fixed: number; readonly relative: number };
  /** Entries are worse by this fraction of the price; exits are not adjusted. */
  readonly spread: number;
  /** Share of a position that must be own money, in (0, 1]; leverage is 1/margin. */
  readonly margin: number;
  /** Market orders fill at the close of the bar that decided them instead of the next open. */
  readonly tradeOnClose: boolean;
  /** An entry first cancels what is pending and closes what is open. */
  readonly exclusiveOrders: boolean;
  /** Close what is open at the open of the last bar. */
  readonly finalizeTrades: boolean;
}

export const defaultConfig: EngineConfig = {
  cash: 10_000,
  commission: { fixed: 0, relative: 0 },
  spread: 0,
  margin: 1,
  tradeOnClose: false,
  exclusiveOrders: false,
  finalizeTrades: false,
};

/** "All" of the available margin, as close to 1 as a fraction can be. */
export const wholeAccount = 1 - 2 ** -52;

/** What is asked for when entering. Prices are absolute; `size` is a fraction in (0, 1) or whole units. */
export interface Entry {
  readonly size?: number;
  readonly limit?: number;
  readonly stop?: number;
  readonly stopLoss?: number;
  readonly takeProfit?: number;
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
  readonly firstDecisionBar: number;
  /** The bar on which equity reached zero, or -1. */
  readonly bustBar: number;
}
