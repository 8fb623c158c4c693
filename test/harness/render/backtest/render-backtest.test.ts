// The page of a backtest: equity, drawdown and trades are on it, what came from outside is escaped, equal input is equal bytes.
import { expect, test } from "vitest";
import { readBacktestDocument } from "../../../../harness/render/backtest/backtest-document.ts";
import { renderBacktest } from "../../../../harness/render/backtest/render-backtest.ts";
import { runBacktest, type BacktestRequest } from "../../../../src/backtest/run-backtest.ts";
import { loadTape } from "../../../../src/market/read-tape.ts";
import { makeTape } from "../../../../src/market/synthetic/make-tape.ts";
import { findStrategy } from "../../../../src/strategies/find-strategy.ts";

const strategy = findStrategy("momentum");
const pageOf = (tape: ReturnType<typeof loadTape>, monteCarlo?: BacktestRequest["monteCarlo"]) => {
  const { result } = runBacktest({ tape, strategy, series: true, monteCarlo });
  const doc = { backtestId: "b", strategy: strategy.id, completedAt: "2020-01-01T00:00:00Z", results: [result] };
  return renderBacktest(readBacktestDocument(JSON.parse(JSON.stringify(doc))));
};

test("charts, figures, costs, checks and trades of a real run", () => {
  const tape = loadTape("AAPL", { start: "2014-01-01", end: "2018-01-01" });
  const page = pageOf(tape);
  expect(pageOf(tape)).toBe(page);
  expect(page.match(/<svg /g)).toHaveLength(2);
  for (const text of [
    "Equity of momentum-12-1 on AAPL",
    "Drawdown",
    "sharpeGeo",
    "2015-01-06",
    "prefix invariance: passed",
    "A replay of the past is no forecast",
  ]) {
    expect(page).toContain(text);
  }
  expect(page).not.toMatch(/<script|https?:\/\//);
});

test("bands of the same returns drawn again, with what they do not show; none when they were not asked for", () => {
  const tape = loadTape("AAPL", { start: "2014-01-01", end: "2018-01-01" });
  const page = pageOf(tape, { paths: 100, seed: 5, blockPeriods: 20 });
  for (const text of [
    "100 paths with seed 5: 1,006 periods in blocks of 20 on the average",
    "Deepest drawdown, blocks, %",
    "Half of paths below",
    "they are no forecast.",
    "Monte Carlo: shown",
  ]) {
    expect(page).toContain(text);
  }
  expect(pageOf(tape)).not.toContain("drawn again");
  expect(pageOf(tape)).toContain("Monte Carlo: not-run");
});

test("invented prices are named on the first line and in the title", () => {
  const page = pageOf(makeTape({ world: "trend", seed: 1, symbol: "<b>X", start: "2010-01-01", end: "2013-01-01" }));
  expect(page).toContain("<title>SYNTHETIC: momentum-12-1 on SYNTHETIC-&lt;b&gt;X</title>");
  expect(page).toContain("SYNTHETIC prices, invented from a seed");
  expect(page).not.toContain("<b>X");
});

test("a document without its series is refused", () => {
  expect(() => readBacktestDocument({ backtestId: "b", completedAt: "", results: [{ symbol: "A" }] })).toThrow(
    "not the output",
  );
});
