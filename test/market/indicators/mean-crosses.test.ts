// The crosses of two means without the means: equal to what the columns of `sma` say, on every bar, for windows and lengths around
// every edge of the blocks.
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
