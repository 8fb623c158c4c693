import { expect, test } from "vitest";
import { lowerBound, lowerRate, upperBound } from "../../suites/production/upper-bound.ts";

const ascending = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

// Ranks of reference "measurement", section 5.1: values are their own ranks.
test.each([
  [58, Number.POSITIVE_INFINITY],
  [59, 59],
  [64, 64],
  [100, 99],
  [500, 484],
])("the upper bound of P95 of %d samples is rank %d", (n, rank) => {
  expect(upperBound(ascending(n), 0.95, 0.95)).toBe(rank);
});

test.each([
  [10, 0.5, 2],
  [59, 0.95, 53],
  [299, 0.99, 293],
  [1000, 0.99, 985],
])("the lower bound of %d samples at %d is rank %d", (n, q, rank) => {
  expect(lowerBound(ascending(n), q, 0.95)).toBe(rank);
});

test("large samples do not underflow", () => {
  expect(upperBound(ascending(1000), 0.99, 0.95)).toBe(996);
  expect(upperBound(ascending(10_000), 0.95, 0.95)).toBeLessThan(9_600);
});

// Lower bounds of section 5.2.
test.each([
  [1, 1, 0.05],
  [22, 22, 0.8727],
  [8, 10, 0.493],
  [99, 100, 0.953],
])("%d of %d supports %d", (k, n, bound) => {
  expect(lowerRate(k, n, 0.95)).toBeCloseTo(bound, 3);
});
