// Two independently written estimators must give identical integers on any input (law: measurement §5.7).
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { effectiveN } from "../../../harness/certify/statistics/cluster-effect.ts";
import { autocorrelationStride } from "../../../harness/certify/statistics/dependence.ts";
import {
  gateFailureRate,
  gateSuccessRate,
  lowerBoundPpm,
  upperBoundPpm,
} from "../../../harness/certify/statistics/proportion-gate.ts";
import { gateAbove, gateBelow } from "../../../harness/certify/statistics/quantile-gate.ts";
import { alphaOf, lowerRank, requiredN, upperRank } from "../../../harness/certify/statistics/ranks.ts";
import { ruleAbove, ruleBelow, ruleSuccess } from "../../../harness/verify/exact-gates.ts";
import * as exact from "../../../harness/verify/exact-tails.ts";
import { thinning, worthOfGroups } from "../../../harness/verify/exact-worth.ts";

const qPpm = fc.constantFrom(500_000, 750_000, 900_000, 950_000, 990_000, 999_000, 123_457);
const confPpm = fc.constantFrom(900_000, 950_000, 990_000, 999_000);
const attempt = fc.integer({ min: 1, max: 4 });
const reading = fc.record({ value: fc.integer({ min: 0, max: 60 }), censored: fc.boolean() });
const mostlyOk = fc.record({
  value: fc.integer({ min: 0, max: 60 }),
  censored: fc.integer({ min: 0, max: 9 }).map((x) => x === 0),
});
const runs = { numRuns: 400, seed: 20_261_122 };

describe("both implementations agree", () => {
  test("ranks and required sizes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), qPpm, confPpm, attempt, (n, q, conf, j) => {
        const alpha = exact.alphaFor(conf, j);
        expect([upperRank(n, q, alphaOf(conf, j)), lowerRank(n, q, alphaOf(conf, j))]).toEqual([
          exact.rankAbove(n, q, alpha),
          exact.rankBelow(n, q, alpha),
        ]);
      }),
      runs,
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), qPpm, confPpm, attempt, (k, q, conf, j) => {
        expect(requiredN(q, alphaOf(conf, j), k)).toBe(exact.sizeNeeded(q, exact.alphaFor(conf, j), k));
      }),
      { ...runs, numRuns: 60 },
    );
  });

  test("quantile gates, censoring and effective size included", () => {
    const readings = fc.oneof(
      fc.array(mostlyOk, { minLength: 1, maxLength: 400 }),
      fc.array(reading, { minLength: 1, maxLength: 40 }),
    );
    fc.assert(
      fc.property(readings, qPpm, confPpm, fc.integer({ min: 0, max: 61 }), fc.nat(), (list, q, conf, limit, cut) => {
        const worth = 1 + (cut % list.length);
        const options = { qPpm: q, alpha: alphaOf(conf), limit, nEff: worth };
        const question = { qPpm: q, alpha: exact.alphaFor(conf, 1), limit, worth };
        const seen = list.map(({ value, censored }) => ({ value, atLeast: censored }));
        expect(bare(gateBelow(list, options))).toEqual(ruleBelow(seen, question));
        expect(bare(gateAbove(list, options))).toEqual(ruleAbove(seen, question));
      }),
      runs,
    );
  });

  test("proportion bounds and gates", () => {
    const counts = fc.record({
      ok: fc.integer({ min: 0, max: 200 }),
      failed: fc.integer({ min: 0, max: 20 }),
      indeterminate: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(
        counts,
        fc.constantFrom(500_000, 800_000, 900_000, 950_000, 990_000),
        confPpm,
        (tally, rate, conf) => {
          const n = tally.ok + tally.failed + tally.indeterminate;
          fc.pre(n > 0);
          const alpha = exact.alphaFor(conf, 1);
          expect([lowerBoundPpm(tally.ok, n, alphaOf(conf)), upperBoundPpm(tally.ok, n, alphaOf(conf))]).toEqual([
            exact.lowerPpm(tally.ok, n, alpha),
            exact.upperPpm(tally.ok, n, alpha),
          ]);
          const { verdict, value, need } = gateSuccessRate(tally, rate, alphaOf(conf));
          const ruled = ruleSuccess({ n, failed: tally.failed, unclear: tally.indeterminate }, rate, alpha);
          expect({ verdict, value, need }).toEqual(ruled);
          const mirrored = gateFailureRate(tally, 1_000_000 - rate, alphaOf(conf));
          expect(mirrored.verdict).toBe(verdict);
        },
      ),
      { ...runs, numRuns: 60 },
    );
  });

  test("effective sizes and thinning", () => {
    const groups = fc.array(fc.array(fc.integer({ min: 0, max: 5e9 }), { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(groups, (list) => {
        expect(effectiveN(list)).toBe(worthOfGroups(list));
        expect(autocorrelationStride(list.flat())).toBe(thinning(list.flat()));
      }),
      runs,
    );
  });
});

function bare(result: { verdict: string; value: number | null; need: number | null; over: number }) {
  const { verdict, value, need, over } = result;
  return { verdict, value, need, over };
}
