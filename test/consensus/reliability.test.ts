// Brier scores, shrunk and exact; correlations of errors; and what is made of no record at all.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Resolved } from "../../src/contracts/resolved.ts";
import { correlationPpm, reliabilitiesPpm, trackRecordOf } from "../../src/consensus/reliability.ts";

/** One decision per column: what `a` and `b` said (null is an abstention), and what came. */
function recordOf(
  outcomes: readonly boolean[],
  said: Readonly<Record<string, readonly (number | null)[]>>,
): Resolved[] {
  return outcomes.map((up, at) => ({
    round: `r${at}`,
    symbol: "AAPL",
    asOf: "2017-01-02",
    resolvedOn: "2017-01-09",
    up,
    opinions: Object.entries(said).flatMap(([agentId, list]) => {
      const upPpm = list[at];
      return upPpm === null || upPpm === undefined ? [] : [{ agentId, upPpm }];
    }),
  }));
}
const outcomes = Array.from({ length: 20 }, (_, at) => at % 2 === 0);
const right = outcomes.map((up) => (up ? 1_000_000 : 0));
const wrong = outcomes.map((up) => (up ? 0 : 1_000_000));
const unsure = outcomes.map(() => 500_000);

it("shrinks skill to the group's mean with twenty pseudo-observations", () => {
  const record = recordOf(outcomes, { a: right, b: wrong, c: unsure });
  // Skills 1, 0 (worse than the base rate) and 0; mean 1/3; (20·s + 20/3)/40. d has no record: the mean.
  expect(reliabilitiesPpm(["a", "b", "c", "d"], record)).toEqual([666_666n, 166_666n, 166_666n, 333_333n]);
});

it("scores 1 - Brier/base, rounded down", () => {
  const half = outcomes.map((up) => (up ? 750_000 : 250_000));
  // Brier 1/16, base 1/4: skill 3/4, alone in its group.
  expect(reliabilitiesPpm(["a"], recordOf(outcomes, { a: half }))).toEqual([750_000n]);
});

it("shows no skill where nothing could be shown: everything rose", () => {
  const rose = outcomes.map(() => true);
  expect(reliabilitiesPpm(["a"], recordOf(rose, { a: rose.map(() => 1_000_000) }))).toEqual([0n]);
});

it("correlates errors, and takes what it does not know for one voter", () => {
  const record = recordOf(outcomes, { a: right, b: wrong, c: unsure, e: unsure });
  // c and e err alike; a never errs, so nothing is known of it; d said nothing.
  expect(correlationPpm("c", "e", record)).toBe(1_000_000);
  expect(correlationPpm("a", "b", record)).toBe(1_000_000);
  expect(correlationPpm("a", "d", record)).toBe(1_000_000);
  // When one errs the other does not: below 0 counts as 0, (20·0 + 20·1)/40.
  const wrongAt = (rest: number) => outcomes.map((up, at) => (at % 4 === rest || !up ? 0 : 1_000_000));
  const mirrored = recordOf(outcomes, { a: wrongAt(0), b: wrongAt(2) });
  expect(correlationPpm("a", "b", mirrored)).toBe(500_000);
});

it("makes of nothing nothing, and of the best the whole", () => {
  expect(trackRecordOf(["a"], [])).toBeNull();
  const track = trackRecordOf(["a", "b"], recordOf(outcomes, { a: right, b: unsure }));
  expect(track).toMatchObject({ resolved: 20, calibrationPpm: [1_000_000, 333_333] });
  expect(trackRecordOf(["a", "b"], recordOf(outcomes, { a: wrong, b: wrong }))?.calibrationPpm).toEqual([
    1_000_000, 1_000_000,
  ]);
});

it("stays within bounds, is symmetric, and agrees with floating point", () => {
  const opinion = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: null });
  const law = fc.property(
    fc.array(fc.tuple(fc.boolean(), opinion, opinion), { minLength: 1, maxLength: 60 }),
    (rows) => {
      const record = recordOf(
        rows.map(([up]) => up),
        { a: rows.map(([, a]) => a), b: rows.map(([, , b]) => b) },
      );
      for (const weight of reliabilitiesPpm(["a", "b"], record))
        expect(weight >= 0n && weight <= 1_000_000n).toBe(true);
      const rho = correlationPpm("a", "b", record);
      expect(correlationPpm("b", "a", record)).toBe(rho);
      const pairs = rows.flatMap(([up, a, b]) =>
        a === null || b === null ? [] : [[a / 1e6 - Number(up), b / 1e6 - Number(up)] as const],
      );
      const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
      const moment = (x: 0 | 1, y: 0 | 1) =>
        pairs.reduce((sum, pair) => sum + (pair[x] - mean(x)) * (pair[y] - mean(y)), 0);
      const spread = Math.sqrt(moment(0, 0) * moment(1, 1));
      if (pairs.length < 2 || spread < 1e-9) return;
      const wanted = (pairs.length * Math.max(0, moment(0, 1) / spread) + 20) / (pairs.length + 20);
      expect(Math.abs(rho - wanted * 1e6)).toBeLessThan(50);
    },
  );
  fc.assert(law);
});
