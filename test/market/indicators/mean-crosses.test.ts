// The crosses of two means without the means: equal to what the columns of `sma` say, on every bar, for windows and lengths around
// every edge of the running sums, for equal means, and for values that sums cannot be trusted with.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sma } from "../../../src/market/indicators/averages.ts";
import { meanCrosses } from "../../../src/market/indicators/mean-crosses.ts";
import { seededDraws } from "../../../src/market/synthetic/normal-stream.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { crossesAbove } from "../../../src/strategies/cross.ts";

/** As `decide` of the strategy says it. */
function fromColumns(values: Float64Array, fast: number, slow: number): Uint8Array {
  const [quick, lazy] = [sma(values, fast), sma(values, slow)];
  return new Uint8Array(values.length).map((_, bar) => {
    if (crossesAbove(quick, lazy, bar)) return 1;
    return crossesAbove(lazy, quick, bar) ? 2 : 0;
  });
}

test("on the installed index, for usual windows", () => {
  const { close } = loadTape("^GSPC").candles;
  for (const [fast, slow] of [
    [10, 20],
    [1, 2],
    [50, 200],
    [20, 60],
    [499, 1_000],
  ] as const) {
    const found = meanCrosses(close, fast, slow);
    expect(found).toEqual(fromColumns(close, fast, slow));
    expect(found.filter((code) => code !== 0).length).toBeGreaterThan(0);
  }
});

test("for every length and window, also where prices stand still and means are equal", () => {
  const law = fc.property(
    fc.integer({ min: 0, max: 1_200 }),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 2 ** 31 }),
    fc.boolean(),
    (bars, fast, more, seed, coarse) => {
      const draws = seededDraws(seed);
      let level = 100;
      const values = new Float64Array(bars).map(() => {
        level += draws.normal();
        return coarse ? Math.round(level) : level;
      });
      expect(meanCrosses(values, fast, fast + more)).toEqual(fromColumns(values, fast, fast + more));
    },
  );
  fc.assert(law, { numRuns: 300 });
});

/** What a tape can do to running sums: ties, a spike that swallows what follows, no number at all, sizes near the ends of the range. */
const hostile: Readonly<Record<string, (level: number, draw: number, bar: number) => number>> = {
  ties: (level) => Math.round(level) / 4,
  still: () => 0.1,
  spikes: (level, draw) => (draw < 0.002 ? 1e15 : level / 3),
  holes: (level, draw) => (draw < 0.002 ? NaN : level),
  endless: (level, draw) => (draw < 0.001 ? Infinity : draw < 0.002 ? -Infinity : level),
  huge: (level) => level * 1e304,
  tiny: (level) => level * 4e-323,
  negative: (level) => 100 - level,
  zero: (_, draw) => (draw < 0.01 ? -0 : 0),
  periodic: (_, __, bar) => [1.1, 2.2, 3.3, 2.2][bar % 4]!,
};

test.each(Object.entries(hostile))("running sums decide nothing that rounding could: %s", (_, valueAt) => {
  for (const [bars, fast, slow] of [
    [6_200, 10, 20],
    [4_116, 3, 20],
    [4_117, 4, 8],
    [2_068, 19, 20],
    [2_100, 499, 1_000],
  ] as const) {
    const draws = seededDraws(bars);
    let level = 100;
    const values = Float64Array.from({ length: bars }, (__, bar) => {
      level += draws.normal() / 8;
      return valueAt(level, draws.uniform(), bar);
    });
    expect(meanCrosses(values, fast, slow)).toEqual(fromColumns(values, fast, slow));
  }
});

/** The same without looking at what rounding can do. */
function trusting(values: Float64Array, fast: number, slow: number): Uint8Array {
  const meansOf = (n: number): Float64Array => {
    let sum = 0;
    return values.map((value, bar) => {
      sum += value - (values[bar - n] ?? 0);
      return bar < n - 1 ? NaN : sum / n;
    });
  };
  const [quick, lazy] = [meansOf(fast), meansOf(slow)];
  return new Uint8Array(values.length).map((_, bar) => {
    if (crossesAbove(quick, lazy, bar)) return 1;
    return crossesAbove(lazy, quick, bar) ? 2 : 0;
  });
}

test("running sums that are trusted are caught", () => {
  const draws = seededDraws(1);
  const values = Float64Array.from({ length: 3_000 }, () => Math.round(10 * draws.uniform()) / 10);
  expect(trusting(values, 4, 8)).not.toEqual(fromColumns(values, 4, 8));
  expect(meanCrosses(values, 4, 8)).toEqual(fromColumns(values, 4, 8));
});
