// A strategy's decisions on a stretch of bars. For each bar the strategy is prepared anew on the bars up to it: it cannot see
// a later one, and a decision does not depend on where the stretch begins or ends. Free of Node built-ins: runs in a sandbox.
import type { Candles } from "../contracts/candles.ts";
import type { Decided, Holding, Ordered } from "../contracts/part-frames.ts";
import { sliceCandles } from "../market/cut-tape.ts";
import type { BookStrategy } from "./book-strategy.ts";
import { sides, type Params, type Strategy } from "./strategy.ts";

export interface Stretch {
  readonly from: number;
  /** One past the last bar. */
  readonly to: number;
}

/** What is asked for on bars [from, to) from each side it could be on; bars of the warm-up are left out. */
export function decidePart(
  strategy: Strategy,
  candles: Candles,
  params: Params,
  { from, to }: Stretch,
): { readonly firstIndicatorBar: number; readonly decided: Decided[] } {
  const { firstIndicatorBar } = strategy.prepare(sliceCandles(candles, 0, to), params);
  const decided: Decided[] = [];
  for (let bar = Math.max(from, firstIndicatorBar + 1); bar < to; bar += 1) {
    const prepared = strategy.prepare(sliceCandles(candles, 0, bar + 1), params);
    for (const side of sides) {
      const decision = prepared.decide(bar, side);
      if (decision !== "none") decided.push({ bar, side, decision });
    }
  }
  return { firstIndicatorBar, decided };
}

/** The first bar of [from, to) on which an account with this holding orders anything; null when there is none. */
export function decideBookPart(
  strategy: BookStrategy,
  series: readonly Candles[],
  params: Params,
  { from, to }: Stretch,
  { units, equity }: Holding,
): Ordered | null {
  for (let bar = from; bar < to; bar += 1) {
    const known = series.map((candles) => sliceCandles(candles, 0, bar + 1));
    const changes = strategy.prepare(known, params)(bar, units, equity[bar - from] ?? NaN);
    if (changes.length > 0)
      return { bar, changes: changes.map(({ symbol, units: more }) => ({ symbol, units: more })) };
  }
  return null;
}
