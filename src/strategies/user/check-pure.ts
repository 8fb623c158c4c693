// Two preparations of one strategy, asked in opposite order: a strategy that remembers what it was asked answers otherwise.
import type { Candles } from "../../contracts/candles.ts";
import { sameDecision, sides, type Params, type Strategy } from "../strategy.ts";

const askedBars = 512;

/** The first bar on which it answers otherwise; -1 when it does not. */
export function impureBar(strategy: Strategy, candles: Candles, params: Params): number {
  const forward = strategy.prepare(candles, params);
  const backward = strategy.prepare(candles, params);
  if (forward.firstIndicatorBar !== backward.firstIndicatorBar) return 0;
  const bars = candles.close.length;
  const step = Math.max(1, Math.floor(bars / askedBars));
  const asked: number[] = [];
  for (let bar = forward.firstIndicatorBar + 1; bar < bars; bar += step) asked.push(bar);
  const answers = new Map(asked.map((bar) => [bar, sides.map((side) => forward.decide(bar, side))] as const));
  const differing = asked.reverse().filter((bar) => {
    const before = answers.get(bar) ?? [];
    return sides.some((side, at) => !sameDecision(before[at] ?? "none", backward.decide(bar, side)));
  });
  return differing.at(-1) ?? -1;
}
