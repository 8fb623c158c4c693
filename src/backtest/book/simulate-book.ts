// Replays several joined tapes bar by bar: fill what was decided, take the equity at the closes, decide. Of one decision either
// all legs fill or none; sells come before buys.
import type { Candles } from "../../contracts/candles.ts";
import { invariant } from "../../contracts/invariant.ts";
import { at } from "../../market/indicators/blank.ts";
import { bookEquity, bookOrder, openBook, type Book, type BookOrder } from "./book.ts";

export interface BookConfig {
  readonly cash: number;
  /** Fee per fill as a share of the traded value. */
  readonly feeRate: number;
  /** Largest Σ |position| over equity after a decision, at the fill prices. Infinity = no check (reference). */
  readonly grossLimit: number;
  /** `sells-first`, or the order in which the strategy named them (reference). */
  readonly sequence: "as-decided" | "sells-first";
}

export interface BookView {
  /** Signed units per symbol after the bar's fills. */
  readonly units: readonly number[];
  readonly equity: number;
}

/** Orders to be filled at the next open. */
export type BookDecide = (bar: number, view: BookView) => readonly BookOrder[];

export interface BookRun {
  readonly equity: Float64Array;
  readonly book: Book;
  /** Decisions dropped because the limit did not allow all of their legs. */
  readonly rejected: number;
  /** Orders decided, per bar; empty bars are left out. */
  readonly decisions: ReadonlyMap<number, readonly BookOrder[]>;
}

/** What the book asks at the close of a bar, to be answered with orders. */
export interface BookQuestion {
  readonly bar: number;
  readonly view: BookView;
  /** Equity at the closes of bars bar…to-1 as long as nothing is ordered. */
  equityUntil(to: number): number[];
}

/** `series` are joined: equal times. Decisions of the last bar never fill. */
export function simulateBook(series: readonly Candles[], config: BookConfig, decide: BookDecide): BookRun {
  const steps = bookSteps(series, config);
  let step = steps.next();
  while (step.done !== true) step = steps.next(decide(step.value.bar, step.value.view));
  return step.value;
}

/** The same run for someone who needs time to decide: asks bar by bar and waits for the orders. */
export function* bookSteps(
  series: readonly Candles[],
  config: BookConfig,
): Generator<BookQuestion, BookRun, readonly BookOrder[]> {
  const bars = series[0]?.t.length ?? 0;
  invariant(
    series.every(({ t }) => t.length === bars),
    "the tapes are joined",
  );
  const book = openBook(config.cash, series.length);
  const equityAt = (bar: number): number =>
    bookEquity(
      book,
      series.map(({ close }) => at(close, bar)),
    );
  const equity = new Float64Array(bars);
  const decisions = new Map<number, readonly BookOrder[]>();
  let waiting: readonly BookOrder[] = [];
  let rejected = 0;
  for (let bar = 0; bar < bars; bar += 1) {
    if (waiting.length > 0 && !fillAll(book, waiting, series, bar, config)) rejected += 1;
    equity[bar] = equityAt(bar);
    const equityUntil = (to: number): number[] => Array.from({ length: to - bar }, (_, ahead) => equityAt(bar + ahead));
    waiting = yield { bar, view: { units: book.units, equity: at(equity, bar) }, equityUntil };
    if (waiting.length > 0) decisions.set(bar, waiting);
  }
  return { equity, book, rejected, decisions };
}

function fillAll(
  book: Book,
  orders: readonly BookOrder[],
  series: readonly Candles[],
  bar: number,
  config: BookConfig,
): boolean {
  const prices = series.map(({ open }) => at(open, bar));
  if (!allowed(book, orders, prices, config)) return false;
  const sorted =
    config.sequence === "as-decided" ? orders : orders.toSorted((a, b) => Math.sign(a.units) - Math.sign(b.units));
  for (const order of sorted) bookOrder(book, order, bar, prices[order.symbol] ?? NaN, config.feeRate);
  return true;
}

function allowed(book: Book, orders: readonly BookOrder[], prices: readonly number[], config: BookConfig): boolean {
  if (config.grossLimit === Infinity) return true;
  const after = [...book.units];
  let fees = 0;
  for (const { symbol, units } of orders) {
    after[symbol] = (after[symbol] ?? 0) + units;
    fees += Math.abs(units) * (prices[symbol] ?? NaN) * config.feeRate;
  }
  const gross = after.reduce((sum, units, symbol) => sum + Math.abs(units) * (prices[symbol] ?? NaN), 0);
  const before = book.units.reduce((sum, units, symbol) => sum + Math.abs(units) * (prices[symbol] ?? NaN), 0);
  // A decision that only takes risk away is always allowed.
  return gross <= before || gross <= config.grossLimit * (bookEquity(book, prices) - fees);
}
