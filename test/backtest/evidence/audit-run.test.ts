// Planted defects of an engine and of a strategy: each is caught by a check that runs beside every result.
import { expect, test } from "vitest";
import { runBacktest } from "../../../src/backtest/run-backtest.ts";
import { defaultConfig, type EngineConfig } from "../../../src/backtest/engine-config.ts";
import { auditRun, auditNames } from "../../../src/backtest/evidence/audit-run.ts";
import { checkUniverse } from "../../../src/backtest/evidence/check-universe.ts";
import { replayStrategy, type Replay } from "../../../src/backtest/replay-strategy.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { checkParams } from "../../../src/strategies/check-params.ts";
import { findStrategy, strategies } from "../../../src/strategies/find-strategy.ts";
import type { Strategy } from "../../../src/strategies/strategy.ts";

const tape = loadTape("AAPL");
const { candles } = tape;
const config: EngineConfig = { ...defaultConfig, commission: { fixed: 1, relative: 0.002 }, spread: 0.001 };

function audit(
  strategy: Strategy,
  change: (replay: Replay) => Replay = (replay) => replay,
  own: Partial<EngineConfig> = {},
) {
  const params = checkParams(strategy);
  const used = { ...config, ...own };
  const replay = change(replayStrategy(candles, strategy, params, used));
  return [...auditRun({ candles, prepared: strategy.prepare(candles, params), config: used, replay }).keys()];
}

test.each(strategies.map((one) => one.id))("%s passes in both modes, with and without costs", (id) => {
  const strategy = findStrategy(id);
  for (const own of [
    {},
    { mode: "product", finalizeTrades: true },
    { commission: { fixed: 0, relative: 0 }, spread: 0 },
  ] as const) {
    expect(audit(strategy, undefined, own)).toEqual([]);
  }
  const { result } = runBacktest({ tape, strategy });
  expect(result.certificate.checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect(result.certificate.checks.map(({ name }) => name)).toEqual([
    "prefix invariance",
    "future scramble",
    ...auditNames,
    "universe",
    "one-bar lag",
    "cost ladder",
    "no-edge worlds",
    "Monte Carlo",
  ]);
});

const sma = findStrategy("sma-cross");
const withTrades = (replay: Replay, change: Partial<Replay["simulation"]["trades"]>): Replay => ({
  ...replay,
  simulation: { ...replay.simulation, trades: { ...replay.simulation.trades, ...change } },
});

test("planted: fills on the bar that decided", () => {
  const sameBar = (replay: Replay): Replay => {
    const entryBar = replay.simulation.trades.entryBar.map((bar) => bar - 1);
    return withTrades(replay, { entryBar, entryPrice: entryBar.map((bar) => candles.open[bar]!) });
  };
  expect(audit(sma, sameBar)).toContain("fill after decision");
});

test("planted: a fill at the close that decided, by an engine that says next open", () => {
  const params = checkParams(sma);
  const replay = replayStrategy(candles, sma, params, { ...config, tradeOnClose: true });
  const problems = auditRun({ candles, prepared: sma.prepare(candles, params), config, replay });
  expect([...problems.keys()]).toContain("fill after decision");
});

test("planted: commission on one side only", () => {
  const oneSided = (replay: Replay): Replay => {
    const { trades } = replay.simulation;
    const half = trades.size.map((size, row) => 1 + Math.abs(size) * trades.entryPrice[row]! * 0.002);
    const profit = trades.profit.map((value, row) => value + trades.fees[row]! - half[row]!);
    return withTrades(replay, { fees: half, profit });
  };
  expect(audit(sma, oneSided)).toContain("costs on both sides");
});

test("planted: money from nowhere", () => {
  const gift = (replay: Replay): Replay => ({
    ...replay,
    simulation: { ...replay.simulation, finalCash: replay.simulation.finalCash + 0.01 },
  });
  expect(audit(sma, gift)).toEqual(["conservation of cash"]);
});

test.each([-1, 1])("planted: a warm-up off by %d bar", (by) => {
  const off: Strategy = {
    ...sma,
    prepare(given, params) {
      const prepared = sma.prepare(given, params);
      return { ...prepared, firstIndicatorBar: prepared.firstIndicatorBar + by };
    },
  };
  expect(audit(off)).toEqual(["warm-up"]);
  const { result } = runBacktest({ tape, strategy: off });
  expect(result.certificate.checks).toContainEqual({ name: "warm-up", outcome: "failed" });
});

test("planted: look-ahead is caught by the prefix and by the scramble", () => {
  const peeking: Strategy = {
    ...findStrategy("roc-follow"),
    prepare: ({ close }) => ({
      firstIndicatorBar: 0,
      decide(bar, side) {
        const ahead = close[bar + 1]! / close[bar]! - 1;
        if (ahead > 0 && side !== 1) return "buy";
        return ahead < 0 && side !== -1 ? "sell" : "none";
      },
    }),
  };
  const { result } = runBacktest({ tape, strategy: peeking });
  expect([result.lookAheadCheck, result.evidence.futureScramble]).toEqual(["failed", "failed"]);
});

test("planted: a universe of survivors, and one that lost a symbol", () => {
  const { passport } = tape;
  expect(checkUniverse(["AAPL"], [passport])).toBe("passed");
  expect(checkUniverse(["AAPL"], [{ ...passport, survivorship: "todays-members" }])).toBe("failed");
  expect(checkUniverse(["AAPL", "ENRN"], [passport])).toBe("failed");
  expect(checkUniverse(["AAPL"], [{ ...passport, survivorship: "unknown" }])).toBe("not-run");
});
