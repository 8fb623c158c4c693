// Two legs on the book: the pair's decision becomes two orders, A first.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import {
  decidePair,
  pairChanges,
  pairsPoint,
  type PairsAction,
  type PairsParams,
} from "../../strategies/rules/pairs-z.ts";
import { simulateBook, type BookConfig, type BookRun } from "./simulate-book.ts";

export interface PairSignal {
  readonly bar: number;
  readonly action: PairsAction;
  readonly z: number;
  readonly beta: number;
  readonly quantityA: number;
  readonly quantityB: number;
}

export interface PairReplay {
  readonly run: BookRun;
  readonly signals: readonly PairSignal[];
  /** From bar period-1; NaN before. */
  readonly z: Float64Array;
}

/** `pair` is joined: A and B on equal times. `lagBars` applies each decision that many bars later. */
export function replayPair(
  pair: readonly [Candles, Candles],
  params: PairsParams,
  config: BookConfig,
  lagBars = 0,
): PairReplay {
  const [lnA, lnB] = [pair[0].close.map((price) => Math.log(price)), pair[1].close.map((price) => Math.log(price))];
  const points = Array.from(lnA, (_, bar) => pairsPoint(lnA, lnB, bar, params));
  const signals: PairSignal[] = [];
  const run = simulateBook(pair, config, (bar, { units }) => {
    const seen = bar - lagBars;
    const point = points[seen];
    if (point === undefined) return [];
    const decision = decidePair(point, units[0] ?? 0, [at(pair[0].close, seen), at(pair[1].close, seen)], params);
    if (decision === null) return [];
    signals.push({ bar, ...point, ...decision });
    return pairChanges(decision, units);
  });
  return { run, signals, z: Float64Array.from(points, ({ z }) => z) };
}
