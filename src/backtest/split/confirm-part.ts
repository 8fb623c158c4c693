// Whether an agent decided what the strategy itself decides. The strategy is asked here only to compare: a run takes no
// decision from it. A difference is a lie, or a strategy that looks ahead, because agents are shown no later bar.
import type { DecidedPart, Ordered, Part } from "../../contracts/part-frames.ts";
import type { DecideBook } from "../../strategies/book-strategy.ts";
import { sameDecision, sides, type Decision, type PreparedStrategy } from "../../strategies/strategy.ts";
import { placeOf } from "./place-of.ts";

/** The first bar that the part decides otherwise than `own`; -1 when there is none. */
export function otherwiseDecided(own: PreparedStrategy, { from, to, firstIndicatorBar, decided }: DecidedPart): number {
  if (firstIndicatorBar !== own.firstIndicatorBar) return from;
  const told = new Map(decided.map(({ bar, side, decision }) => [placeOf(bar, side), decision] as const));
  for (let bar = from; bar < to; bar += 1) {
    for (const side of sides) {
      const wanted: Decision = bar > firstIndicatorBar ? own.decide(bar, side) : "none";
      if (!sameDecision(told.get(placeOf(bar, side)) ?? "none", wanted)) return bar;
    }
  }
  return -1;
}

/** The first bar of the part on which `own` orders otherwise than the agent told; -1 when there is none. */
export function otherwiseOrdered(own: DecideBook, { from, to, holding }: Part, ordered: Ordered | null): number {
  const { units = [], equity = [] } = holding ?? {};
  const last = ordered?.bar ?? to - 1;
  for (let bar = from; bar <= last; bar += 1) {
    const told = bar === ordered?.bar ? ordered.changes : [];
    const wanted = own(bar, units, equity[bar - from] ?? NaN);
    const same = told.length === wanted.length && told.every((one, k) => isSame(one, wanted[k]));
    if (!same) return bar;
  }
  return -1;
}

function isSame(
  one: { readonly symbol: number; readonly units: number },
  other: { readonly symbol: number; readonly units: number } | undefined,
): boolean {
  return one.symbol === other?.symbol && one.units === other.units;
}
