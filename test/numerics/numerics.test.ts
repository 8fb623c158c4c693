// The small mathematics against published values and its own laws.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findRoot } from "../../src/numerics/find-root.ts";
import { leastSquares, nestedSumsOfSquares } from "../../src/numerics/least-squares.ts";
import { product, solve, times, transpose } from "../../src/numerics/matrix.ts";
import { mean, quantile, sampleSd, shape } from "../../src/numerics/moments.ts";
import { normalCdf, normalQuantile } from "../../src/numerics/normal.ts";
import { cholesky, symmetricEigen } from "../../src/numerics/symmetric-eigen.ts";

test.each([
  [0, 0.5],
  [1, 0.841_344_746_068_542_9],
  [1.959_963_984_540_054, 0.975],
  [-3, 0.001_349_898_031_630_094_6],
  [-10, 7.619_853_024_160_527e-24],
  [-37, 5.725_571_222_524_576e-300],
])("the normal distribution at %d", (x, p) => {
  expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-12);
});

test("the quantile undoes the distribution", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-14);
    }),
  );
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(2)]).toEqual([-Infinity, Infinity, NaN]);
});

test("elimination, Jacobi and Cholesky agree with what they were given", () => {
  const square = fc.array(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }), {
    minLength: 4,
    maxLength: 4,
  });
  fc.assert(
    fc.property(square, (rows) => {
      const gram = product(transpose(rows), rows).map((row, i) => row.map((value, j) => value + (i === j ? 1 : 0)));
      const x = solve(gram, [1, 2, 3, 4]);
      times(gram, x).forEach((value, i) => expect(value).toBeCloseTo(i + 1, 6));
      const { values, vectors } = symmetricEigen(gram);
      expect(values.toSorted((a, b) => b - a)).toEqual([...values]);
      values.forEach((value, k) => {
        const vector = vectors.map((row) => row[k]!);
        times(gram, vector).forEach((entry, i) => expect(entry).toBeCloseTo(value * vector[i]!, 6));
      });
      const lower = cholesky(gram)!.map((row) => [...row, ...Array.from({ length: 4 - row.length }, () => 0)]);
      product(lower, transpose(lower)).forEach((row, i) =>
        row.forEach((value, j) => expect(value).toBeCloseTo(gram[i]![j]!, 6)),
      );
    }),
    { numRuns: 30 },
  );
  expect(() =>
    solve(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 1],
    ),
  ).toThrow("it is singular");
  expect(
    cholesky([
      [1, 2],
      [2, 1],
    ]),
  ).toBeNull();
});

test("least squares: a plane is found, nested sums are those of the smaller fits, copies are refused", () => {
  const [x, z] = [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(2, 1, 4, 3, 6, 7)];
  const one = new Float64Array(6).fill(1);
  const y = x.map((value, i) => 3 + 2 * value - z[i]! + (i % 2 === 0 ? 0.1 : -0.1));
  const sums = nestedSumsOfSquares(y, [one, x, z]);
  expect(sums[1]).toBeCloseTo(leastSquares(y, [one]).sumOfSquares, 10);
  expect(sums[3]).toBeCloseTo(leastSquares(y, [one, x, z]).sumOfSquares, 10);
  const exact = leastSquares(
    x.map((value, i) => 3 + 2 * value - z[i]!),
    [one, x, z],
  ).coefficients;
  [3, 2, -1].forEach((wanted, k) => expect(exact[k]).toBeCloseTo(wanted, 10));
  expect(() => leastSquares(y, [x, x.map((value) => 2 * value)])).toThrow("column 1 is a combination");
});

test("moments and roots", () => {
  expect([mean([1, 2, 3, 4]), quantile([4, 1, 3, 2], 0.5)]).toEqual([2.5, 2.5]);
  expect(sampleSd([1, 2, 3, 4])).toBeCloseTo(1.290_994_448_735_805_6, 14);
  const { skewness, kurtosis } = shape([1, 2, 3, 4, 10]);
  expect([skewness, kurtosis].map((value) => value.toFixed(6))).toEqual(["1.138420", "2.788000"]);
  expect(findRoot((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
  expect(findRoot((x) => x * x + 1, 0, 2)).toBeNaN();
});
