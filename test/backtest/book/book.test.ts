// Several symbols in one account: legs, all or none, order of symbols, and no look-ahead.
import { expect, test } from "vitest";
import { runBook } from "../../../src/backtest/book/run-book.ts";
import { joinCandles } from "../../../src/backtest/book/join-tapes.ts";
import { simulateBook, type BookConfig } from "../../../src/backtest/book/simulate-book.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { multiEqualWeightMonthly, multiSmaLong } from "../../../src/strategies/rules/multi.ts";
import { findBookStrategy } from "../../../src/strategies/find-strategy.ts";
import type { BookStrategy } from "../../../src/strategies/book-strategy.ts";

const config: BookConfig = { cash: 1_000, feeRate: 0.01, grossLimit: Infinity, sequence: "as-decided" };
function series(...opens: readonly number[]) {
  const column = Float64Array.from(opens);
  const t = column.map((_, bar) => Date.UTC(2020, 0, 1 + bar));
  return { t, open: column, high: column, low: column, close: column, volume: column };
}
const base = { costBps: 20, cash: 100_000, mode: "reference", margin: 1, series: false } as const;

test("a leg runs from flat to flat, fees apart, and an order through zero starts the next", () => {
  const plan: Record<number, number> = { 0: 10, 1: -15, 2: 5 };
  const { book, equity } = simulateBook([series(10, 10, 12, 12)], config, (bar) => {
    const units = plan[bar];
    return units === undefined ? [] : [{ symbol: 0, units }];
  });
  expect(
    book.legs.map(({ openBar, closeBar, units, pnl, entryPrice, exitPrice }) => [
      openBar,
      closeBar,
      units,
      pnl,
      entryPrice,
      exitPrice,
    ]),
  ).toEqual([
    [1, 2, 10, 20, 10, 12],
    [2, 3, -5, 0, 12, 12],
  ]);
  expect(book.cash).toBeCloseTo(1_000 + 20 - 0.01 * (100 + 180 + 60), 9);
  expect(equity[3]).toBeCloseTo(book.cash, 9);
});

test("a decision fills whole or not at all", () => {
  const both = [
    { symbol: 0, units: 60 },
    { symbol: 1, units: 60 },
  ];
  const flat = series(10, 10, 10);
  const run = (grossLimit: number) =>
    simulateBook([flat, flat], { ...config, feeRate: 0, grossLimit }, (bar) => (bar === 0 ? both : []));
  expect([run(1).book.fills.length, run(1).rejected, run(1.2).book.fills.length]).toEqual([0, 1, 2]);
});

test("equal weights are set back on the first bar of each month, sells before buys", () => {
  const tapes = ["AAPL", "GOOG", "IBM"].map((symbol) => loadTape(symbol, { interval: "1mo" }));
  const result = runBook({ ...base, tapes, asked: ["AAPL", "GOOG", "IBM"], strategy: multiEqualWeightMonthly });
  expect([result.symbol, result.bars, result.first, result.lookAheadCheck]).toEqual([
    "AAPL+GOOG+IBM",
    68,
    "2004-08-01",
    "passed",
  ]);
  expect(result.metrics["fills"]).toBeGreaterThan(100);
});

test("prices, symbols: permuting the symbols leaves the totals, scaling prices leaves the returns", () => {
  const tapes = ["AAPL", "GOOG", "IBM"].map((symbol) => loadTape(symbol, { interval: "1mo" }));
  const final = (list: typeof tapes) =>
    runBook({ ...base, tapes: list, asked: [], strategy: multiSmaLong, params: { fast: 3, slow: 6 } }).metrics[
      "finalEquity"
    ];
  expect(final(tapes.toReversed())).toBeCloseTo(final(tapes)!, 6);
});

test("joined days are those of all, and none is refused", () => {
  const [a, b] = [loadTape("AAPL").candles, loadTape("BTC/USD").candles];
  const [joined, other] = joinCandles([a, b]);
  expect(joined!.t).toEqual(other!.t);
  expect(joined!.t.length).toBe(252);
  const early = loadTape("^GSPC", { end: "2001-01-02", start: "2000-01-03" }).candles;
  expect(() => joinCandles([a, early])).toThrow("no day occurs in all of them");
});

test("the wrong number of symbols is refused; a peeking strategy is caught", () => {
  const tapes = [loadTape("AAPL"), loadTape("^GSPC")];
  const pairs = findBookStrategy("pairs-z")!;
  expect(() => runBook({ ...base, tapes: tapes.slice(1), asked: [], strategy: pairs })).toThrow("it takes 2");
  const peeking: BookStrategy = {
    ...multiSmaLong,
    params: {},
    prepare:
      ([first]) =>
      (bar, units) => {
        const up = first!.close[bar + 1]! > first!.close[bar]!;
        const held = units[0] ?? 0;
        if (up && held === 0) return [{ symbol: 0, units: 1 }];
        return !up && held > 0 ? [{ symbol: 0, units: -held }] : [];
      },
  };
  const { ordered: _ordered, ...free } = peeking;
  const result = runBook({ ...base, tapes, asked: ["AAPL", "^GSPC"], strategy: free });
  expect([result.lookAheadCheck, result.evidence.futureScramble]).toEqual(["failed", "failed"]);
});
