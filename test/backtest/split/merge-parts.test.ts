// Wherever the range is cut, the parts say what the strategy says in one go; a gap, an overlap and a lie do not pass.
import { array, assert, integer, property } from "fast-check";
import { describe, expect, it, test } from "vitest";
import { otherwiseDecided } from "../../../src/backtest/split/confirm-part.ts";
import { mergeParts } from "../../../src/backtest/split/merge-parts.ts";
import { splitBars } from "../../../src/backtest/split/split-bars.ts";
import { runBacktest, tradedCandles } from "../../../src/backtest/run-backtest.ts";
import type { Candles } from "../../../src/contracts/candles.ts";
import type { DecidedPart } from "../../../src/contracts/part-frames.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { makeTape } from "../../../src/market/synthetic/make-tape.ts";
import { checkParams } from "../../../src/strategies/check-params.ts";
import { decidePart, type Stretch } from "../../../src/strategies/decide-part.ts";
import { strategies } from "../../../src/strategies/find-strategy.ts";
import { sameDecision, type Params, type Strategy } from "../../../src/strategies/strategy.ts";

const invented = makeTape({ world: "jumps", seed: 5, symbol: "X", start: "2014-01-01", end: "2015-03-31", leg: 0 });
const bars = invented.candles.t.length;
const sides = [-1, 0, 1] as const;

function partOf(strategy: Strategy, candles: Candles, params: Params, { from, to }: Stretch): DecidedPart {
  const origin = { agentId: "a", taskId: "t", strategy: strategy.id, inputsSha256: "0".repeat(64), ordered: null };
  return { ...origin, from, to, ...decidePart(strategy, candles, params, { from, to }) };
}

function cutAt(places: readonly number[]): readonly Stretch[] {
  const ends = [...new Set([0, ...places, bars])].toSorted((a, b) => a - b);
  return ends.slice(1).map((to, place) => ({ from: ends[place] ?? 0, to }));
}

test("the range is covered once, by parts of one size or one more", () => {
  expect(splitBars(10, 3)).toEqual([
    { from: 0, to: 3 },
    { from: 3, to: 6 },
    { from: 6, to: 10 },
  ]);
  expect(splitBars(2, 5)).toEqual([
    { from: 0, to: 1 },
    { from: 1, to: 2 },
  ]);
  assert(
    property(integer({ min: 1, max: 5_000 }), integer({ min: 1, max: 20 }), (length, count) => {
      const parts = splitBars(length, count);
      const sizes = parts.map(({ from, to }) => to - from);
      return (
        sizes.reduce((sum, size) => sum + size, 0) === length &&
        parts.every(({ from }, place) => from === (parts[place - 1]?.to ?? 0)) &&
        Math.max(...sizes) - Math.min(...sizes) <= 1
      );
    }),
  );
});

describe.each(strategies.map((strategy) => [strategy.id, strategy] as const))("%s", (_id, strategy) => {
  const params = checkParams(strategy, undefined);
  it("decides the same wherever the range is cut", () => {
    const own = strategy.prepare(invented.candles, params);
    assert(
      property(array(integer({ min: 0, max: bars }), { maxLength: 5 }), (places) => {
        const parts = cutAt(places).map((stretch) => partOf(strategy, invented.candles, params, stretch));
        expect(parts.map((part) => otherwiseDecided(own, part))).toEqual(parts.map(() => -1));
        const merged = mergeParts(bars, parts.toReversed());
        expect(merged.firstIndicatorBar).toBe(own.firstIndicatorBar);
        for (let bar = own.firstIndicatorBar + 1; bar < bars; bar += 1) {
          for (const side of sides) {
            if (!sameDecision(merged.decide(bar, side), own.decide(bar, side))) return false;
          }
        }
        return true;
      }),
      { numRuns: 3 },
    );
  });

  it.each([1, 3, 5])("has the figures of one run when %d decide it", (count) => {
    const coin = loadTape("BTC/USD", { start: "2016-07-04", end: "2017-06-30" });
    for (const tape of [invented, coin]) {
      const { candles } = tradedCandles(tape);
      const parts = splitBars(candles.t.length, count).map((one) => partOf(strategy, candles, params, one));
      const decided = mergeParts(candles.t.length, parts);
      for (const mode of ["reference", "product"] as const) {
        const request = { tape, strategy, engine: { mode } };
        expect(JSON.stringify(runBacktest({ ...request, decided }).result)).toBe(
          JSON.stringify(runBacktest(request).result),
        );
      }
    }
  });
});

describe("planted", () => {
  const [strategy] = strategies;
  if (strategy === undefined) throw new Error("there are strategies");
  const params = checkParams(strategy, undefined);
  const part = (from: number, to: number): DecidedPart => partOf(strategy, invented.candles, params, { from, to });
  const [left, right] = [part(0, 100), part(100, bars)];
  const early = left.decided[0] ?? { bar: 0, side: 0, decision: "buy" };

  it.each([
    ["a gap", [left, part(101, bars)], "nobody decided bar 100"],
    ["an overlap", [left, part(99, bars)], "decides bar 99, which another part has decided"],
    ["a missing end", [left], `they end at bar 100 of ${bars}`],
    ["another warm-up", [left, { ...right, firstIndicatorBar: 3 }], "has a warm-up of 3 bars"],
    ["a bar of another part", [left, { ...right, decided: [early] }], "which is outside of it"],
  ])("%s is refused", (_what, parts, sentence) => {
    expect(() => mergeParts(bars, parts)).toThrow(sentence);
  });

  it("a decision left out, added or turned is found, and so is a strategy that looks ahead", () => {
    const own = strategy.prepare(invented.candles, params);
    const [first, ...others] = right.decided;
    if (first === undefined) throw new Error("something is decided");
    expect(otherwiseDecided(own, { ...right, decided: others })).toBe(first.bar);
    expect(otherwiseDecided(own, { ...right, decided: [{ ...first, decision: "close" }, ...others] })).toBe(first.bar);
    const close = invented.candles.close;
    const prepare: Strategy["prepare"] = ({ close: known }) => ({
      firstIndicatorBar: 0,
      decide: (bar) => ((known[bar + 1] ?? 0) > (known[bar] ?? 0) ? "buy" : "none"),
    });
    const peeking = { ...strategy, prepare };
    const risen = close.findIndex((price, bar) => bar > 0 && (close[bar + 1] ?? 0) > price);
    const told = partOf(peeking, invented.candles, params, { from: 0, to: bars });
    expect(otherwiseDecided(prepare(invented.candles, params), told)).toBe(risen);
  });
});
