// The chosen length of blocks, against the closed form of an autoregression, an implementation by the letter of the paper, and edges.
import { expect, test } from "vitest";
import { seededDraws } from "../../src/market/synthetic/normal-stream.ts";
import { blockLength } from "../../src/numerics/block-length.ts";

function autoregression(count: number, rho: number, seed: number): Float64Array {
  const draws = seededDraws(seed);
  const values = new Float64Array(count);
  let last = 0;
  for (let i = 0; i < count; i += 1) values[i] = last = rho * last + draws.normal();
  return values;
}

/** As printed: sums over lags from -M to M, correlations instead of covariances, every condition spelt out. */
function byTheLetter(values: Float64Array): number {
  const n = values.length;
  const centre = values.reduce((sum, value) => sum + value, 0) / n;
  const covariance = (lag: number): number => {
    const pairs = Array.from(
      { length: n - Math.abs(lag) },
      (_, i) => [values[i]!, values[i + Math.abs(lag)]!] as const,
    );
    return pairs.reduce((sum, [a, b]) => sum + (a - centre) * (b - centre), 0) / n;
  };
  const most = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + 5);
  const small = (lag: number): boolean => Math.abs(covariance(lag) / covariance(0)) < 2 * Math.sqrt(Math.log10(n) / n);
  const lags = Array.from({ length: most }, (_, place) => place + 1);
  const after = [0, ...lags].find((m) => m + 5 <= most && [1, 2, 3, 4, 5].every((k) => small(m + k)));
  const m = Math.max(1, after ?? lags.findLast((lag) => !small(lag)) ?? 1);
  const reach = Math.min(most, 2 * m);
  const window = (lag: number): number => {
    const t = Math.abs(lag / reach);
    if (t <= 0.5) return 1;
    return t <= 1 ? 2 * (1 - t) : 0;
  };
  let [moment, spectrum] = [0, 0];
  for (let lag = -reach; lag <= reach; lag += 1) {
    moment += window(lag) * Math.abs(lag) * covariance(lag);
    spectrum += window(lag) * covariance(lag);
  }
  const length = ((2 * moment ** 2) / (2 * spectrum ** 2)) ** (1 / 3) * n ** (1 / 3);
  return Math.max(1, Math.min(length, Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))));
}

test("autoregressions come near ((2ρ/(1-ρ²))²·N)^(1/3), the longer the stronger the memory", () => {
  const count = 60_000;
  const found = [0.3, 0.5, 0.7].map((rho) => {
    const wanted = ((2 * rho) / (1 - rho ** 2)) ** (2 / 3) * count ** (1 / 3);
    return blockLength(autoregression(count, rho, 11)) / wanted;
  });
  for (const ratio of found) expect(Math.abs(ratio - 1)).toBeLessThan(0.2);
});

test("as an implementation by the letter, for short and long series and any memory", () => {
  for (const [count, rho] of [
    [3, 0],
    [7, 0.5],
    [30, 0],
    [250, 0.9],
    [251, -0.6],
    [1_000, 0.2],
    [1_260, 0.99],
  ] as const) {
    const values = autoregression(count, rho, count);
    expect(blockLength(values)).toBeCloseTo(byTheLetter(values), 9);
  }
});

test("a series that does not move has blocks of one; an oscillation is held at the limit", () => {
  expect(blockLength(new Float64Array(100))).toBe(1);
  expect(blockLength(Float64Array.from({ length: 100 }, (_, i) => Math.sin((Math.PI * i) / 10)))).toBe(30);
});
