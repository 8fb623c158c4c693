// Stakes in whole cents: they add up to the total, none is more than a cent from what would pay the same whatever happens.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { arbitrage } from "../../../src/portfolio/bets/arbitrage.ts";

const centsOf = (amounts: readonly number[]): number[] => amounts.map((amount) => Math.round(amount * 100));

test("no cent is lost to floats or to rounding down", () => {
  // 100 · 0.29 is 28.999999999999996.
  expect(arbitrage([2, 2], 0.58).placed).toEqual([0.29, 0.29]);
  expect(arbitrage([3, 3, 3], 100).placed).toEqual([33.34, 33.33, 33.33]);
  // Exactly 48.9716, 48.9716 and 2.0568.
  const { placed, worstProfit } = arbitrage([2.1, 2.1, 50], 100);
  expect(placed).toEqual([48.97, 48.97, 2.06]);
  expect(worstProfit).toBeCloseTo(48.97 * 2.1 - 100, 9);
});

test("a fee is taken of the winnings alone", () => {
  expect(arbitrage([2.2, 2.2], 100, { feeRate: 0.05 }).worstProfit).toBeCloseTo(50 + 60 * 0.95 - 100, 9);
});

test("whatever the prices: whole cents, their sum, and at most a cent off", () => {
  const odds = fc.array(fc.double({ min: 1.01, max: 500, noNaN: true }), { minLength: 2, maxLength: 6 });
  const total = fc.integer({ min: 1, max: 1_000_000_00 });
  fc.assert(
    fc.property(odds, total, (bestOdds, totalCents) => {
      const { stakes, placed } = arbitrage(bestOdds, totalCents / 100);
      const cents = centsOf(placed);
      expect(placed).toEqual(cents.map((one) => one / 100));
      expect(cents.reduce((sum, one) => sum + one, 0)).toBe(totalCents);
      stakes.forEach((stake, at) => expect(Math.abs(stake * 100 - (cents[at] ?? NaN))).toBeLessThan(1.001));
    }),
  );
});
