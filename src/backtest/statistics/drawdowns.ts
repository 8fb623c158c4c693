// How far and how long equity lay below its running maximum.
import { at } from "../../market/indicators/blank.ts";

export interface Drawdowns {
  /** Deepest fall, a fraction in [0, 1]. */
  readonly max: number;
  /** Mean of the spells' deepest falls; null without a spell. */
  readonly average: number | null;
  readonly maxSpellMs: number | null;
  readonly averageSpellMs: number | null;
}

/** A spell runs between neighbouring bars without drawdown (or to the last bar) that lie more than one bar apart. */
export function drawdowns(equity: Float64Array, t: Float64Array): Drawdowns {
  const last = equity.length - 1;
  let [top, deepest, spellDeepest, spells, sumDeepest, sumMs, maxMs] = [-Infinity, 0, 0, 0, 0, 0, 0];
  let start = 0;
  for (let bar = 0; bar <= last; bar += 1) {
    top = Math.max(top, at(equity, bar));
    const fall = 1 - at(equity, bar) / top;
    spellDeepest = Math.max(spellDeepest, fall);
    if (fall !== 0 && bar !== last) continue;
    if (bar - start > 1) {
      const length = at(t, bar) - at(t, start);
      spells += 1;
      sumDeepest += spellDeepest;
      sumMs += length;
      maxMs = Math.max(maxMs, length);
    }
    deepest = Math.max(deepest, spellDeepest);
    spellDeepest = 0;
    start = bar;
  }
  if (spells === 0) return { max: deepest, average: null, maxSpellMs: null, averageSpellMs: null };
  return { max: deepest, average: sumDeepest / spells, maxSpellMs: maxMs, averageSpellMs: sumMs / spells };
}

/** Deepest fall below the running maximum, a fraction in [0, 1]. */
export function drawdownOf(equity: Float64Array): number {
  let [top, deepest] = [-Infinity, 0];
  for (const value of equity) {
    top = Math.max(top, value);
    deepest = Math.max(deepest, 1 - value / top);
  }
  return deepest;
}
