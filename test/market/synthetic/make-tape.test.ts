// Invented prices replay, say what they are, and have the law they claim.
import { expect, test } from "vitest";
import { engleGranger, halfLife, hedgeRatio } from "../../../src/backtest/diagnostics/engle-granger.ts";
import { makeTape } from "../../../src/market/synthetic/make-tape.ts";
import { worldNames } from "../../../src/market/synthetic/worlds.ts";

const range = { start: "1980-01-01", end: "2019-12-31" };

test.each(worldNames)("%s: equal seeds are equal bytes, other seeds and symbols are not, bars are whole", (world) => {
  const make = (seed: number, symbol = "X") => makeTape({ world, seed, symbol, ...range });
  const tape = make(1);
  expect(make(1)).toEqual(tape);
  expect(make(2).passport.sha256).not.toBe(tape.passport.sha256);
  expect(tape.passport).toMatchObject({ symbol: "SYNTHETIC-X", synthetic: true });
  expect(tape.passport.source).toContain(`SYNTHETIC: e2b-swarm worlds 1, world ${world}, seed 1, `);
  const { t, open, high, low, close } = tape.candles;
  for (let bar = 0; bar < t.length; bar += 1) {
    const [top, bottom] = [Math.max(open[bar]!, close[bar]!), Math.min(open[bar]!, close[bar]!)];
    if (!(high[bar]! >= top && low[bar]! <= bottom && low[bar]! > 0)) throw new Error(`bar ${bar} is no bar`);
    if (bar > 0 && !(t[bar]! > t[bar - 1]!)) throw new Error(`bar ${bar} is out of order`);
  }
});

test("only the world with halts leaves days out", () => {
  const bars = worldNames.map((world) => makeTape({ world, seed: 5, symbol: "X", ...range }).passport.bars);
  const whole = Math.max(...bars);
  expect(worldNames.filter((_, at) => bars[at]! < whole)).toEqual(["gaps"]);
});

test("the pair keeps together with about the half-life it was made with; driftless prices do not", () => {
  const legs = ([0, 1] as const).map((leg) =>
    makeTape({ world: "reverting-pair", seed: 9, symbol: `L${leg}`, leg, ...range }).candles.close.map(Math.log),
  );
  expect(engleGranger(legs[1]!, legs[0]!).pValue).toBeLessThan(0.01);
  const bars = halfLife(hedgeRatio(legs[1]!, legs[0]!).residuals).bars!;
  expect(bars).toBeGreaterThan(14);
  expect(bars).toBeLessThan(28);
  const apart = ["A", "B"].map((symbol) =>
    makeTape({ world: "driftless", seed: 9, symbol, ...range }).candles.close.map(Math.log),
  );
  expect(engleGranger(apart[0]!, apart[1]!).pValue).toBeGreaterThan(0.05);
});
