// Two legs on the book: the pair's decision becomes two orders, A first.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import { decidePair, pairsPoint, type PairsAction, type PairsParams } from "../../strategies/rules/pairs-z.ts";
import type { BookOrder } from "./book.ts";
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
    const [a = 0, b = 0] = units;
    const decision = decidePair(point, a, [at(pair[0].close, seen), at(pair[1].close, seen)], params);
    if (decision === null) return [];
    signals.push({ bar, ...point, ...decision });
    const { action, quantityA, quantityB } = decision;
    if (action === "X") return legs(-a, -b);
    return action === "S" ? legs(-quantityA, quantityB) : legs(quantityA, -quantityB);
  });
  return { run, signals, z: Float64Array.from(points, ({ z }) => z) };
}

function legs(a: number, b: number): readonly BookOrder[] {
  return [
    { symbol: 0, units: a },
    { symbol: 1, units: b },
  ].filter(({ units }) => units !== 0);
}
