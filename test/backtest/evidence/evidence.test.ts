// What stands beside a headline number, against closed forms, hand counts and planted truths.
import { expect, test } from "vitest";
import { defaultConfig } from "../../../src/backtest/engine-config.ts";
import { costLadder } from "../../../src/backtest/evidence/cost-ladder.ts";
import { combinations } from "../../../src/backtest/evidence/grid-search.ts";
import { overfitting } from "../../../src/backtest/evidence/overfitting.ts";
import { deflatedSharpe, luckySharpe, probabilisticSharpe } from "../../../src/backtest/evidence/sharpe-evidence.ts";
import { walkForward } from "../../../src/backtest/evidence/walk-forward.ts";
import { runBacktest } from "../../../src/backtest/run-backtest.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { seededDraws } from "../../../src/market/synthetic/normal-stream.ts";
import { makeTape } from "../../../src/market/synthetic/make-tape.ts";
import { checkParams } from "../../../src/strategies/check-params.ts";
import { findStrategy } from "../../../src/strategies/find-strategy.ts";

const sma = findStrategy("sma-cross");
const { candles } = loadTape("AAPL");

test("probabilistic Sharpe of symmetric returns is the closed form", () => {
  const returns = Array.from({ length: 101 }, (_, i) => 0.001 + (i % 2 === 0 ? 0.01 : -0.01));
  const value = probabilisticSharpe(returns)!;
  // Mean 0.001 + 0.01/101, two values: Φ of about 1.09 with kurtosis 1.
  expect(value).toBeCloseTo(0.863, 2);
  expect(probabilisticSharpe(returns.map((r) => -r))!).toBeCloseTo(1 - value, 12);
  expect(probabilisticSharpe([0, 0, 0])).toBeNull();
});

test("luck grows with the number of trials and deflates the best", () => {
  const draws = seededDraws(1);
  const trials = Array.from({ length: 1_000 }, () => 0.05 * draws.normal());
  expect(luckySharpe(trials.slice(0, 10))).toBeLessThan(luckySharpe(trials));
  // The expected maximum of a thousand standard normals is 3.24.
  expect(luckySharpe(trials) / 0.05).toBeCloseTo(3.24, 0);
  const returns = Array.from({ length: 500 }, () => 0.001 + 0.01 * draws.normal());
  expect(deflatedSharpe(returns, trials)!).toBeLessThan(probabilisticSharpe(returns)!);
  expect(deflatedSharpe(returns, [0.1])).toBe(probabilisticSharpe(returns));
});

test("overfitting: noise about a half, one true edge about nothing, too little data is null", () => {
  const draws = seededDraws(2);
  const sets = Array.from({ length: 10 }, () =>
    Array.from({ length: 8 }, () => Float64Array.from({ length: 320 }, () => draws.normal())),
  );
  const found = sets.map((rows) => overfitting(rows)!);
  expect(found.every(({ splits }) => splits === 12_870)).toBe(true);
  // One set has luck of its own; over many the best of one half is as often below as above the middle of the other.
  const share = found.reduce((sum, { probability }) => sum + probability, 0) / found.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.2);
  const noise = sets[0]!;
  const edge = [...noise, Float64Array.from({ length: 320 }, () => 0.7 + draws.normal())];
  expect(overfitting(edge)!.probability).toBeLessThan(0.01);
  expect(overfitting([noise[0]!])).toBeNull();
  expect(overfitting(noise.map((row) => row.subarray(0, 31)))).toBeNull();
});

test("costs: each rung is lower, and at the break-even next to nothing is left", () => {
  const strategy = findStrategy("momentum");
  const ladder = costLadder(candles, strategy, checkParams(strategy), defaultConfig);
  const returns = ladder.rungs.map(({ returnPct }) => returnPct);
  expect(returns.toSorted((a, b) => b - a)).toEqual(returns);
  const tape = loadTape("AAPL");
  const { result } = runBacktest({ tape, strategy, costBps: ladder.breakEvenBps! });
  expect(Math.abs(result.metrics["returnPct"]!)).toBeLessThan(1);
});

test("a grid leaves out what the strategy refuses, and counts what it tried", () => {
  const grid = { fast: [5, 10, 40], slow: [20, 40] };
  expect(combinations(sma, grid)).toEqual([
    { fast: 5, slow: 20 },
    { fast: 5, slow: 40 },
    { fast: 10, slow: 20 },
    { fast: 10, slow: 40 },
  ]);
  expect(() => combinations(sma, { fast: [40], slow: [20] })).toThrow("no combination keeps its rules");
  expect(() => combinations(sma, { speed: [1] })).toThrow("speed is no parameter");
  const { result } = runBacktest({ tape: loadTape("AAPL"), strategy: sma, grid });
  expect([result.grid?.length, result.evidence.trials]).toEqual([4, 5]);
  expect(result.evidence.deflatedSharpe!).toBeLessThan(result.evidence.probabilisticSharpe!);
});

test("walking forward chooses on past windows only: scrambling the last test window changes no choice", () => {
  const trials = combinations(sma, { fast: [5, 10], slow: [20, 40] });
  const windows = { trainBars: 400, testBars: 200 };
  const whole = walkForward(candles, sma, trials, defaultConfig, windows);
  expect(whole.folds.map(({ trainFirst, testFirst }) => [trainFirst, testFirst])).toHaveLength(4);
  const altered = {
    ...candles,
    close: candles.close.map((price, bar) => (bar >= 1_000 ? price * (1 + bar / 1e4) : price)),
  };
  const other = walkForward(altered, sma, trials, defaultConfig, windows);
  expect(other.folds.slice(0, 4).map((fold) => fold.params)).toEqual(
    whole.folds.slice(0, 4).map((fold) => fold.params),
  );
  expect(() => walkForward(candles, sma, trials, defaultConfig, { trainBars: 5_000, testBars: 5 })).toThrow(
    "has 1260 bars",
  );
});

test("where there is nothing to find the real result is nothing special, and every output says SYNTHETIC", () => {
  const tape = makeTape({ world: "driftless", seed: 8, symbol: "X", start: "2010-01-01", end: "2012-12-31" });
  const { result } = runBacktest({ tape, strategy: sma, luck: true });
  expect(result.evidence.noEdge).toEqual(runBacktest({ tape, strategy: sma, luck: true }).result.evidence.noEdge);
  expect(result.evidence.noEdge!.worlds).toBe(100);
  expect([result.synthetic, result.symbol, result.note.includes("SYNTHETIC")]).toEqual([true, "SYNTHETIC-X", true]);
});

test("the certificate is that of its inputs: other costs, another hash", () => {
  const hash = (costBps: number) =>
    runBacktest({ tape: loadTape("AAPL"), strategy: sma, costBps }).result.certificate.sha256;
  expect(hash(20)).toBe(hash(20));
  expect(hash(20)).not.toBe(hash(21));
});
