// Closed forms of every method, on matrices where they can be written down by hand.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, times } from "../../../src/numerics/matrix.ts";
import { wishWeights, type SizingMethod } from "../../../src/portfolio/sizing/wish-weights.ts";

/** Volatilities 20 % and 40 % a year with a correlation. */
const two = (rho: number): number[][] => [
  [0.04, rho * 0.08],
  [rho * 0.08, 0.16],
];
const close = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 12));
};

test("fixed fraction: the same share on each side that is acted on", () => {
  const method: SizingMethod = { kind: "fixed-fraction", fraction: 0.1 };
  expect(
    wishWeights(
      method,
      [0.3, 0, -0.9],
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ),
  ).toEqual([0.1, 0, -0.1]);
});

test("fixed fraction: returns that do not move, or are not known, do not matter", () => {
  const method: SizingMethod = { kind: "fixed-fraction", fraction: 0.1 };
  for (const cov of [[[0]], null]) expect(wishWeights(method, [-0.5], cov)).toEqual([-0.1]);
});

describe("volatility target", () => {
  const method: SizingMethod = { kind: "volatility-target", volatility: 0.1 };
  test("one position: target over volatility, whatever the conviction", () => {
    close(wishWeights(method, [0.3], [[0.04]]), [0.5]);
    close(wishWeights(method, [-0.9], [[0.04]]), [-0.5]);
  });
  test("two alike without correlation: each target/(volatility·√2)", () => {
    close(wishWeights(method, [0.5, 0.5], two(0)), [0.1 / (0.2 * Math.SQRT2), 0.1 / (0.4 * Math.SQRT2)]);
  });
  test("two alike with correlation r: each target/(volatility·√(2 + 2r)), and opposite sides √(2 - 2r)", () => {
    close(wishWeights(method, [0.5, 0.5], two(0.28)), [0.1 / (0.2 * 1.6), 0.1 / (0.4 * 1.6)]);
    close(wishWeights(method, [0.5, -0.5], two(0.28)), [0.1 / (0.2 * 1.2), -0.1 / (0.4 * 1.2)]);
  });
  test("the volatility of all positions is the target", () => {
    const law = fc.property(
      fc.double({ min: -0.9, max: 0.9, noNaN: true }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      (rho, c) => {
        const weights = [...wishWeights(method, [c, -0.4], two(rho))];
        expect(Math.sqrt(dot(weights, times(two(rho), weights)))).toBeCloseTo(0.1, 12);
      },
    );
    fc.assert(law);
  });
});

describe("Kelly", () => {
  const method: SizingMethod = { kind: "kelly", fraction: 0.25 };
  test("one bet, and bets without correlation: a fraction of the conviction", () => {
    close(wishWeights(method, [0.6], [[0.04]]), [0.15]);
    close(wishWeights(method, [0.6, -0.2], two(0)), [0.15, -0.05]);
  });
  test("two alike with correlation r: each c/(1 + r)", () => {
    close(wishWeights(method, [0.6, 0.6], two(0.5)), [0.25 * (0.6 / 1.5), 0.25 * (0.6 / 1.5)]);
    // A buy and a sell of what moves together hedge each other.
    close(wishWeights(method, [0.6, -0.6], two(0.5)), [0.25 * (0.6 / 0.5), -0.25 * (0.6 / 0.5)]);
  });
  test("two of different conviction: (c₁ - r·c₂)/(1 - r²)", () => {
    close(wishWeights(method, [0.6, 0.4], two(0.5)), [(0.25 * (0.6 - 0.2)) / 0.75, (0.25 * (0.4 - 0.3)) / 0.75]);
  });
  test("a weak bet that a strong one implies is left out, never turned around", () => {
    close(wishWeights(method, [0.6, 0.2], two(0.5)), [0.15, 0]);
  });
});

describe("equal risk", () => {
  const method: SizingMethod = { kind: "equal-risk", fraction: 0.9 };
  test("two: in inverse proportion to volatility, whatever the correlation", () => {
    for (const rho of [-0.5, 0, 0.7]) close(wishWeights(method, [0.2, 0.9], two(rho)), [0.6, 0.3]);
  });
  test("every position contributes the same, also with a short one", () => {
    const cov = [
      [0.04, 0.01, 0.02],
      [0.01, 0.09, 0.03],
      [0.02, 0.03, 0.16],
    ];
    const weights = [...wishWeights(method, [0.5, -0.5, 0.1], cov)];
    const parts = times(cov, weights).map((value, i) => value * (weights[i] ?? NaN));
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThan(1e-10);
    expect(weights.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeCloseTo(0.9, 12);
    expect(weights.map((weight) => Math.sign(weight))).toEqual([1, -1, 1]);
  });
});

test("nothing to do wishes nothing", () => {
  for (const kind of ["fixed-fraction", "kelly", "equal-risk"] as const)
    expect(wishWeights({ kind, fraction: 0.5 }, [0, 0], two(0.1))).toEqual([0, 0]);
});

test.each([
  [{ kind: "fixed-fraction", fraction: 0 }, [[0.04]], "its fraction is 0 but must be above 0, at most 1"],
  [{ kind: "kelly", fraction: 1.5 }, [[0.04]], "its fraction is 1.5"],
  [{ kind: "volatility-target", volatility: NaN }, [[0.04]], "its volatility is NaN"],
  [{ kind: "equal-risk", fraction: 1 }, [[0]], "do not move"],
] as const)("%j with %j is refused", (method, cov, problem) => {
  expect(() => wishWeights(method, [0.5], cov)).toThrow(problem);
});

test("positions that hedge each other perfectly have no volatility to scale", () => {
  const cov = [
    [0.04, 0.04],
    [0.04, 0.04],
  ];
  expect(() => wishWeights({ kind: "volatility-target", volatility: 0.1 }, [0.5, -0.5], cov)).toThrow("do not move");
});
