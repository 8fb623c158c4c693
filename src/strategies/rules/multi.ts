// Several symbols in one account: a cross per symbol with a fixed amount each, and equal weights set back every month.
import { sma } from "../../market/indicators/averages.ts";
import { at } from "../../market/indicators/blank.ts";
import type { BookChange, BookStrategy } from "../book-strategy.ts";
import { crossesAbove } from "../cross.ts";
import { decimal, whole } from "../strategy.ts";

/** Per symbol: flat and the fast mean crosses above → floor(notional/close); crosses below → close. */
export const multiSmaLong: BookStrategy = {
  id: "multi-sma-long",
  title: "Moving means per symbol, long or flat, a fixed amount each",
  params: {
    fast: whole(10, 1, 500, "bars of the fast mean"),
    slow: whole(20, 2, 1_000, "bars of the slow mean"),
    notional: decimal(33_000, 1, 1e12, "dollars per symbol"),
  },
  ordered: ["fast", "slow"],
  symbols: [1, 50],
  prepare(series, { fast = 10, slow = 20, notional = 33_000 }) {
    const means = series.map(({ close }) => ({ close, quick: sma(close, fast), lazy: sma(close, slow) }));
    return (bar, units) =>
      means.flatMap(({ close, quick, lazy }, symbol): readonly BookChange[] => {
        const held = units[symbol] ?? 0;
        if (held === 0 && crossesAbove(quick, lazy, bar)) {
          const wanted = Math.floor(notional / at(close, bar));
          return wanted > 0 ? [{ symbol, units: wanted }] : [];
        }
        return held > 0 && crossesAbove(lazy, quick, bar) ? [{ symbol, units: -held }] : [];
      });
  },
};

/** On the first bar and the first bar of each month: floor(equity/n/close) of each; sells first, then buys in symbol order. */
export const multiEqualWeightMonthly: BookStrategy = {
  id: "multi-equal-weight-monthly",
  title: "Equal weights, set back on the first bar of each month",
  params: {},
  symbols: [1, 50],
  prepare(series) {
    const { t } = series[0] ?? { t: new Float64Array() };
    const monthAt = (bar: number): number => new Date(at(t, bar)).getUTCMonth();
    return (bar, units, equity) => {
      if (bar > 0 && monthAt(bar) === monthAt(bar - 1)) return [];
      const changes = series
        .map(({ close }, symbol) => {
          const target = Math.floor(equity / series.length / at(close, bar));
          return { symbol, units: target - (units[symbol] ?? 0) };
        })
        .filter((change) => change.units !== 0);
      return [...changes.filter((change) => change.units < 0), ...changes.filter((change) => change.units > 0)];
    };
  },
};
