// Several symbols in one account: a cross per symbol with a fixed amount each, and equal weights set back every month. Both
// return target changes; the engine fills them at the next open.
import type { Candles } from "../../contracts/candles.ts";
import { sma } from "../../market/indicators/averages.ts";
import { at } from "../../market/indicators/blank.ts";
import { crossesAbove } from "../cross.ts";

export interface MultiOrder {
  readonly symbol: number;
  /** Signed whole units. */
  readonly units: number;
}

export type DecideMulti = (bar: number, units: readonly number[], equity: number) => readonly MultiOrder[];

export interface MultiSmaParams {
  readonly fast: number;
  readonly slow: number;
  /** Dollars per symbol. */
  readonly notional: number;
}

/** Per symbol: flat and the fast mean crosses above → floor(notional/close); below → close. First decision on bar `slow`. */
export function multiSmaLong(series: readonly Candles[], { fast, slow, notional }: MultiSmaParams): DecideMulti {
  const means = series.map(({ close }) => ({ close, quick: sma(close, fast), lazy: sma(close, slow) }));
  return (bar, units) =>
    means.flatMap(({ close, quick, lazy }, symbol): readonly MultiOrder[] => {
      const held = units[symbol] ?? 0;
      if (held === 0 && crossesAbove(quick, lazy, bar)) {
        const wanted = Math.floor(notional / at(close, bar));
        return wanted > 0 ? [{ symbol, units: wanted }] : [];
      }
      return held > 0 && crossesAbove(lazy, quick, bar) ? [{ symbol, units: -held }] : [];
    });
}

/** On the first bar and the first bar of each month: floor(equity/n/close) of each; sells first, then buys in symbol order. */
export function multiEqualWeightMonthly(series: readonly Candles[]): DecideMulti {
  const monthAt = (bar: number): number => new Date(at(series[0]?.t ?? new Float64Array(), bar)).getUTCMonth();
  return (bar, units, equity) => {
    if (bar > 0 && monthAt(bar) === monthAt(bar - 1)) return [];
    const orders = series
      .map(({ close }, symbol) => ({
        symbol,
        units: Math.floor(equity / series.length / at(close, bar)) - (units[symbol] ?? 0),
      }))
      .filter((order) => order.units !== 0);
    return [...orders.filter((order) => order.units < 0), ...orders.filter((order) => order.units > 0)];
  };
}
