// Both conventions of odds, side by side.
import { expect, test } from "vitest";
import { kelly } from "../../src/portfolio/kelly.ts";

test("the worked example: 2 as net odds is 3,250 of 10,000, as decimal odds 1,000", () => {
  expect(kelly({ net: 2 }, 0.55)).toBeCloseTo(0.325, 12);
  expect(kelly({ decimal: 3 }, 0.55)).toBeCloseTo(0.325, 12);
  expect(kelly({ decimal: 2 }, 0.55)).toBeCloseTo(0.1, 12);
  expect(10_000 * kelly({ net: 2 }, 0.55, 0.25)).toBeCloseTo(812.5, 9);
});

test("no edge, no bet", () => {
  expect(kelly({ decimal: 2 }, 0.5)).toBe(0);
  expect(kelly({ decimal: 2 }, 0.4)).toBe(0);
});

test.each([
  [{ decimal: 1 }, 0.5, 1],
  [{ net: 0 }, 0.5, 1],
  [{ net: NaN }, 0.5, 1],
  [{ net: 2 }, 1.1, 1],
  [{ net: 2 }, 0.5, 0],
  [{ net: 2 }, 0.5, 2],
])("refuses %j with probability %d and fraction %d", (odds, probability, fraction) => {
  expect(() => kelly(odds, probability, fraction)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
});
