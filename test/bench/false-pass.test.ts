// The gate at its limit, and the interpolating rule beside it as the planted violation.
import { expect, test } from "vitest";
import { interpolatingRule, settings, simulateFalsePasses, tableOf } from "../../bench/court/false-pass.ts";

test("the gate passes a system at its limit at most in one run of twenty, at every planned size", () => {
  const results = settings.map((setting, i) => simulateFalsePasses(setting, 1_000, i + 1));
  expect(results.filter(({ holds }) => !holds)).toEqual([]);
  expect(tableOf(results)).toHaveLength(1 + settings.length);
  // P99 has no bound at 59 samples, so nothing passes there.
  expect(results.find(({ qPpm, n }) => qPpm === 990_000 && n === 59)).toMatchObject({ passes: 0, exactPpm: 0 });
});

test("planted: interpolation passes such a system far more often, and is refuted", () => {
  const result = simulateFalsePasses({ qPpm: 990_000, n: 299 }, 1_000, 7, interpolatingRule);
  expect(result.holds).toBe(false);
  expect(result.passes).toBeGreaterThan(300);
});
