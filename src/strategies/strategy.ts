// What a strategy is: named parameters with limits, columns computed once per tape, and a pure decision at the close of a bar.
// Strategies import no Node built-in: the same files run inside a sandbox.
import type { Candles } from "../contracts/candles.ts";

/** What to do now. `sell` opens a short position (or turns a long one when the strategy is exclusive); `close` goes flat. */
export type Signal = "none" | "buy" | "sell" | "close";
/** -1 short, 0 flat, 1 long, after the bar's orders were processed. */
export type Side = -1 | 0 | 1;
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
  /** The signal at the close of `bar`, from bars 0…bar only. */
  decide(bar: number, side: Side): Signal;
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
  prepare(candles: Candles, params: Params): PreparedStrategy;
}

/** A whole-number parameter. */
export function whole(value: number, min: number, max: number, doc: string): ParamRule {
  return { default: value, min, max, integer: true, doc };
}

/** A decimal parameter. */
export function decimal(value: number, min: number, max: number, doc: string): ParamRule {
  return { default: value, min, max, integer: false, doc };
}
