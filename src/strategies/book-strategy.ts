// A strategy over several symbols in one account: columns computed once, and a pure decision per bar as changes of holdings.
import type { Candles } from "../contracts/candles.ts";
import type { Parametrised } from "./check-params.ts";
import type { Params } from "./strategy.ts";

export interface BookChange {
  /** Place of the symbol in the given list. */
  readonly symbol: number;
  /** Signed whole units to add. */
  readonly units: number;
}

/** What to change at the close of `bar`, from bars 0…bar and the holdings after its fills. */
export type DecideBook = (bar: number, units: readonly number[], equity: number) => readonly BookChange[];

export interface BookStrategy extends Parametrised {
  readonly title: string;
  /** Fewest and most symbols. */
  readonly symbols: readonly [fewest: number, most: number];
  /** `series` are joined: equal times. */
  prepare(series: readonly Candles[], params: Params): DecideBook;
}
