// The pair as a strategy of the book: the first symbol is A, the second B.
import { at } from "../../market/indicators/blank.ts";
import type { BookStrategy } from "../book-strategy.ts";
import { decimal, whole } from "../strategy.ts";
import { checkPairsParams, decidePair, pairChanges, pairsPoint } from "./pairs-z.ts";

export const pairsZ: BookStrategy = {
  id: "pairs-z",
  title: "Two prices that keep together, by the z-score of their spread",
  params: {
    period: whole(60, 3, 2_000, "bars of the window, the current one included"),
    enter: decimal(2, 0.1, 20, "enter beyond this many deviations"),
    exit: decimal(0.5, 0, 20, "leave within this many"),
    notional: decimal(20_000, 1, 1e12, "dollars of the first leg"),
    ols: whole(1, 0, 1, "1: hedge ratio by regression in the window, 0: one to one"),
  },
  ordered: ["exit", "enter"],
  symbols: [2, 2],
  prepare(series, { ols = 1, ...given }) {
    const params = checkPairsParams({ ...given, mode: ols === 1 ? "ols" : "ratio" });
    const [a, b] = series.map(({ close }) => close);
    if (a === undefined || b === undefined) return () => [];
    const [lnA, lnB] = [a.map((price) => Math.log(price)), b.map((price) => Math.log(price))];
    return (bar, units) => {
      const point = pairsPoint(lnA, lnB, bar, params);
      const decision = decidePair(point, units[0] ?? 0, [at(a, bar), at(b, bar)], params);
      return decision === null ? [] : pairChanges(decision, units);
    };
  },
};
