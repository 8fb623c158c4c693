// A backtest as the operation returns it: schema, evidence beside the figures, and a strategy that peeks is caught.
import { expect, test } from "vitest";
import { check } from "../../src/contracts/parse.ts";
import { checkLookAhead } from "../../src/backtest/check-look-ahead.ts";
import { defaultConfig } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import { runBacktest } from "../../src/backtest/run-backtest.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { checkParams } from "../../src/strategies/check-params.ts";
import { findStrategy, strategies } from "../../src/strategies/find-strategy.ts";
import { smaCrossReverse } from "../../src/strategies/rules/sma-cross.ts";
import type { Strategy } from "../../src/strategies/strategy.ts";

const year = { start: "2016-07-05", end: "2017-07-03" };

test("the shipped year on three symbols fits the operation's output", () => {
  const results = ["AAPL", "^GSPC", "BTC/USD"].map(
    (symbol) => runBacktest({ tape: loadTape(symbol, year), strategy: smaCrossReverse }).result,
  );
  const output = { backtestId: "b", strategy: "sma-cross-reverse", completedAt: "2020-01-01T00:00:00Z", results };
  expect(check("backtest.output", output)).toEqual({ ok: true, value: output });
  expect(results.map((one) => [one.symbol, one.closeOnly, one.lookAheadCheck, one.bars])).toEqual([
    ["AAPL", false, "passed", 252],
    ["^GSPC", false, "passed", 252],
    ["BTC/USD", true, "passed", 364],
  ]);
  expect(results[2]?.note).toContain("close-only series: orders fill at the next close");
  expect(results[2]?.trades.some((trade) => !Number.isInteger(trade.size))).toBe(true);
  expect(results[2]?.metrics["periodsPerYear"]).toBe(365);
});

test.each(strategies.map((one) => one.id))("%s passes the look-ahead check on AAPL and ^GSPC", (id) => {
  for (const symbol of ["AAPL", "^GSPC"]) {
    const { lookAhead } = runBacktest({ tape: loadTape(symbol), strategy: findStrategy(id) });
    expect(lookAhead.verdict).toBe("passed");
  }
});

function peeking(bars: number): Strategy {
  return {
    ...findStrategy("roc-follow"),
    id: "peek",
    prepare: ({ close }) => ({
      firstIndicatorBar: 0,
      decide(bar, side) {
        const ahead = (close[bar + bars] ?? NaN) / (close[bar] ?? NaN) - 1;
        if (ahead > 0 && side !== 1) return "buy";
        return ahead < 0 && side !== -1 ? "sell" : "none";
      },
    }),
  };
}

test.each([1, 2, 5])("planted: a strategy that peeks %d bars ahead is caught", (bars) => {
  const { result, lookAhead } = runBacktest({ tape: loadTape("AAPL"), strategy: peeking(bars) });
  expect([result.lookAheadCheck, lookAhead.verdict]).toEqual(["failed", "failed"]);
});

test("planted: a mean over the whole tape, later bars included, is caught", () => {
  const whole: Strategy = {
    ...findStrategy("z-revert"),
    prepare({ close }) {
      const mean = close.reduce((sum, value) => sum + value, 0) / close.length;
      return {
        firstIndicatorBar: 0,
        decide: (bar, side) => (side === 0 && (close[bar] ?? NaN) < mean ? "buy" : "none"),
      };
    },
  };
  expect(runBacktest({ tape: loadTape("AAPL"), strategy: whole }).lookAhead.verdict).toBe("failed");
});

test("one bar of lag takes a peeking strategy's advantage away and moves every first entry one bar", () => {
  const { result } = runBacktest({ tape: loadTape("AAPL"), strategy: peeking(1), costBps: 0 });
  expect(result.metrics["returnPct"]).toBeGreaterThan(result.oneBarLag["returnPct"] ?? Infinity);
  const { candles } = loadTape("AAPL");
  const params = checkParams(smaCrossReverse);
  const entry = (lagBars: number) =>
    replayStrategy(candles, smaCrossReverse, params, { ...defaultConfig, lagBars }).simulation.trades.entryBar[0];
  expect([entry(0), entry(1)]).toEqual([24, 25]);
});

test("the check compares equity too", () => {
  const { candles } = loadTape("AAPL", year);
  const params = checkParams(smaCrossReverse);
  const full = replayStrategy(candles, smaCrossReverse, params, defaultConfig);
  full.simulation.equity[100] = 1;
  expect(checkLookAhead(candles, smaCrossReverse, params, defaultConfig, full)).toMatchObject({
    verdict: "failed",
    bar: 100,
    what: "equity",
  });
});

test("too few bars: no trades, undefined figures are null and the note says why", () => {
  const tape = loadTape("AAPL", { start: "2016-07-05", end: "2016-07-15" });
  const { result } = runBacktest({ tape, strategy: smaCrossReverse });
  expect([result.trades, result.metrics["winRatePct"], result.metrics["sharpeGeo"]]).toEqual([[], null, null]);
  expect(result.note).toContain("too few bars for the indicators");
});

test("a parameter the strategy does not have is refused", () => {
  const request = { tape: loadTape("AAPL", year), strategy: smaCrossReverse };
  expect(() => runBacktest({ ...request, params: { speed: 1 } })).toThrow(
    "[usage.invalid] Cannot run sma-cross-reverse: speed is no parameter; there are: fast, slow",
  );
  expect(() => runBacktest({ ...request, params: { fast: 30 } })).toThrow("must be smaller than slow");
  expect(() => runBacktest({ ...request, params: { fast: 1.5 } })).toThrow("must be a whole number from 1 to 500");
});
