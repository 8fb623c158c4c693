// What a strategy is: named parameters with limits, columns computed once per tape, and a pure decision at the close of a bar.
// Rules import no Node built-in: the same files run inside a sandbox.
import type { Candles } from "../contracts/candles.ts";

/** What to do now. `sell` opens a short position (or turns a long one when the strategy is exclusive); `close` goes flat. */
export type Signal = "none" | "buy" | "sell" | "close";
/** How columns of decisions are written. */
export const signalCodes = { none: 0, buy: 1, sell: 2, close: 3 } as const satisfies Readonly<Record<Signal, number>>;
/** What an entry may carry. Prices are absolute and taken from what is known at the close; all are optional. */
export interface Terms {
  /** Fill at this price or better. With `stop`: only after the stop was touched. */
  readonly limit?: number;
  readonly stop?: number;
  /** Exit orders that become live when the entry fills. */
  readonly stopLoss?: number;
  readonly takeProfit?: number;
  /** A stop that follows the best price since the entry at this distance, in percent. */
  readonly trailPct?: number;
  /** Cancelled when the next bar has passed without a fill. Default: good till cancelled. */
  readonly day?: boolean;
  /** Of the waiting entries with one group number the first to fill cancels the others. */
  readonly group?: number;
}
/** An entry with terms, or one that first closes what is open. */
export interface Intent extends Terms {
  readonly side: "buy" | "sell";
  readonly closeFirst?: boolean;
}
/** What to do at the close of a bar. */
export type Decision = Signal | Intent;
/** -1 short, 0 flat, 1 long, after the bar's orders were processed. */
export type Side = -1 | 0 | 1;
export const sides = [-1, 0, 1] as const satisfies readonly Side[];
export type Params = Readonly<Record<string, number>>;

export interface ParamRule {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  readonly doc: string;
}

export interface PreparedStrategy {
  /** Latest first-value bar among the indicators; 0 without indicators. The first decision is taken one bar later. */
  readonly firstIndicatorBar: number;
  /** What the decisions read. `firstIndicatorBar` must be the latest first value among them; none = not checked. */
  readonly columns?: readonly Float64Array[];
  /**
   * Where no decision depends on the side and none has terms: the code of every bar's (`signalCodes`), which must be what `decide`
   * says. An engine may read it instead of asking bar by bar.
   */
  readonly codes?: Uint8Array;
  /** The signal at the close of `bar`, from bars 0…bar only. */
  decide(bar: number, side: Side): Decision;
}

export interface Strategy {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly params: Readonly<Record<string, ParamRule>>;
  /** Two parameters of which the first must be smaller. */
  readonly ordered?: readonly [less: string, more: string];
  /** An entry first cancels what is pending and closes what is open. */
  readonly exclusiveOrders: boolean;
  /** Of a user's file: sha256 hex of what runs. Ours go by the version of the package. */
  readonly codeSha256?: string;
  prepare(candles: Candles, params: Params): PreparedStrategy;
}

/** Whether two decisions ask for the same. */
export function sameDecision(a: Decision, b: Decision): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return intentFields.every((field) => a[field] === b[field]);
}

const intentFields = [
  "side",
  "closeFirst",
  "limit",
  "stop",
  "stopLoss",
  "takeProfit",
  "trailPct",
  "day",
  "group",
] as const satisfies readonly (keyof Intent)[];

/** A whole-number parameter. */
export function whole(value: number, min: number, max: number, doc: string): ParamRule {
  return { default: value, min, max, integer: true, doc };
}

/** A decimal parameter. */
export function decimal(value: number, min: number, max: number, doc: string): ParamRule {
  return { default: value, min, max, integer: false, doc };
}
