// Monte Carlo against closed forms, against a slow implementation of its own, and its limits.
import { expect, test } from "vitest";
import { runBook } from "../../../src/backtest/book/run-book.ts";
import { monteCarlo, type Resampled } from "../../../src/backtest/evidence/monte-carlo.ts";
import { resample } from "../../../src/backtest/evidence/stationary-bootstrap.ts";
import { runBacktest } from "../../../src/backtest/run-backtest.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { seededDraws } from "../../../src/market/synthetic/normal-stream.ts";
import { normalCdf } from "../../../src/numerics/normal.ts";
import { findBookStrategy, findStrategy } from "../../../src/strategies/find-strategy.ts";

const noise = (count: number, seed: number, mu = 0, sigma = 0.01): Float64Array => {
  const draws = seededDraws(seed);
  return Float64Array.from({ length: count }, () => mu + sigma * draws.normal());
};
const runOf = (returns: Float64Array, profits: readonly number[] = []): Resampled => {
  return { returns, periodsPerYear: 252, profits, cash: 1_000, sizedBy: "balance" };
};

/** Autocovariances on a circle: what the closed form of the stationary bootstrap is made of. */
function circular(values: Float64Array, lag: number): number {
  const n = values.length;
  const centre = values.reduce((sum, value) => sum + value, 0) / n;
  return values.reduce((sum, value, i) => sum + (value - centre) * (values[(i + lag) % n]! - centre), 0) / n;
}

test("the variance of the mean of a resample is that of Politis and Romano's closed form", () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i / 3) + (i % 7) / 5);
  const n = values.length;
  const out = new Float64Array(n);
  for (const block of [1, 4, 12.5]) {
    const kept = 1 - 1 / block;
    let wanted = circular(values, 0);
    for (let lag = 1; lag < n; lag += 1) wanted += 2 * (1 - lag / n) * kept ** lag * circular(values, lag);
    const { uniform } = seededDraws(5);
    const means = Array.from({ length: 40_000 }, () => {
      resample(values, block, uniform, out);
      return out.reduce((sum, value) => sum + value, 0) / n;
    });
    const centre = means.reduce((sum, value) => sum + value, 0) / means.length;
    const variance = means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / means.length;
    // 40,000 draws tell a variance to about 0.7 %.
    expect(Math.abs((n * variance) / wanted - 1)).toBeLessThan(0.03);
  }
});

test("independent returns: the bands are those of a normal sum, and so is the chance of a loss", () => {
  const returns = noise(500, 3, 0.0004);
  const { bootstrap } = monteCarlo(runOf(returns), { paths: 10_000, seed: 4, blockPeriods: 1 });
  const logs = returns.map((value) => Math.log1p(value));
  const mu = logs.reduce((sum, value) => sum + value, 0) / 500;
  const sd = Math.sqrt(logs.reduce((sum, value) => sum + (value - mu) ** 2, 0) / 500);
  const z = 1.6448536269514722;
  const [middle, reach] = [500 * mu, z * sd * Math.sqrt(500)];
  const found = [bootstrap.returnPct.p5, bootstrap.returnPct.p50, bootstrap.returnPct.p95].map((pct) =>
    Math.log1p(pct / 100),
  );
  [middle - reach, middle, middle + reach].forEach((wanted, at) => {
    expect(Math.abs(found[at]! - wanted)).toBeLessThan(0.04 * reach);
  });
  expect(Math.abs(bootstrap.lossProbability - normalCdf((-Math.sqrt(500) * mu) / sd))).toBeLessThan(0.02);
});

test("returns with a memory have wider bands in blocks than one by one: by √((1+ρ)/(1-ρ)) for an autoregression", () => {
  const rho = 0.5;
  const drawn = noise(4_000, 9);
  const returns = drawn.slice();
  for (let i = 1; i < returns.length; i += 1) returns[i] = rho * returns[i - 1]! + drawn[i]!;
  const widthOf = (blockPeriods?: number): number => {
    const { returnPct } = monteCarlo(runOf(returns), { paths: 1_000, seed: 2, blockPeriods }).bootstrap;
    return Math.log1p(returnPct.p95 / 100) - Math.log1p(returnPct.p5 / 100);
  };
  const ratio = widthOf() / widthOf(1);
  expect(Math.abs(ratio / Math.sqrt((1 + rho) / (1 - rho)) - 1)).toBeLessThan(0.15);
});

/** Type 7 by its definition in Hyndman and Fan: position (n-1)q + 1 among the sorted, counted from 1. */
function type7(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q + 1;
  const [low, high] = [sorted[Math.floor(position) - 1]!, sorted[Math.ceil(position) - 1]!];
  return low + (position - Math.floor(position)) * (high - low);
}

/** Every pair of an earlier and a later value of the path is looked at. */
function deepest(path: readonly number[]): number {
  const falls = path.flatMap((early, i) => path.slice(i).map((late) => 1 - late / early));
  return -100 * Math.max(...falls);
}

const bandBy = (values: readonly number[]) => ({
  p5: type7(values, 0.05),
  p50: type7(values, 0.5),
  p95: type7(values, 0.95),
});
const grown = (factors: readonly number[]): number[] =>
  factors.reduce<number[]>((path, factor) => [...path, path.at(-1)! * factor], [1]);

test("as a slow implementation by definition: whole blocks laid out, every pair of a path compared", () => {
  const [paths, seed, blockPeriods] = [100, 77, 6] as const;
  const returns = [...noise(48, 8, 0.001, 0.02)];
  const { uniform } = seededDraws(seed);
  const drawn = Array.from({ length: paths }, () => {
    const blocks: number[][] = [];
    let count = 0;
    while (count < returns.length) {
      const start = Math.floor(uniform() * returns.length);
      const block = [returns[start]!];
      count += 1;
      while (count < returns.length && uniform() >= 1 / blockPeriods) {
        block.push(returns[(start + block.length) % returns.length]!);
        count += 1;
      }
      blocks.push(block);
    }
    return blocks.flat();
  });
  const walks = drawn.map((path) => grown(path.map((value) => 1 + value)));
  const sharpe = (path: readonly number[]): number => {
    const centre = path.reduce((sum, value) => sum + value, 0) / path.length;
    const spread = path.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (path.length - 1);
    return (centre / Math.sqrt(spread)) * Math.sqrt(252);
  };
  const { bootstrap } = monteCarlo(runOf(Float64Array.from(returns)), { paths, seed, blockPeriods });
  const totals = walks.map((walk) => 100 * (walk.at(-1)! - 1));
  const close = (band: typeof bootstrap.sharpe, values: readonly number[]): void => {
    const wanted = bandBy(values);
    for (const name of ["p5", "p50", "p95"] as const) expect(band?.[name]).toBeCloseTo(wanted[name], 9);
  };
  close(bootstrap.returnPct, totals);
  close(
    bootstrap.maxDrawdownPct,
    walks.map((walk) => deepest(walk)),
  );
  close(
    bootstrap.sharpe,
    drawn.map((path) => sharpe(path)),
  );
  expect(bootstrap.lossProbability).toBe(totals.filter((value) => value < 0).length / paths);
  expect(bootstrap.observed.maxDrawdownPct).toBeCloseTo(deepest(grown(returns.map((value) => 1 + value))), 9);
});

function ordersOf(rows: readonly number[]): number[][] {
  if (rows.length < 2) return [[...rows]];
  return rows.flatMap((row, at) => ordersOf(rows.toSpliced(at, 1)).map((rest) => [row, ...rest]));
}

test("another order of trades leaves the return, and its drawdowns are those of all orders, equally often", () => {
  const profits = [120, -80, 60, -150];
  const balances = profits.reduce<number[]>((all, profit) => [...all, all.at(-1)! + profit], [1_000]);
  const factors = profits.map((_, row) => balances[row + 1]! / balances[row]!);
  const all = ordersOf(factors).map((order) => deepest(grown(order)));
  const { tradeOrder } = monteCarlo(runOf(noise(60, 1), profits), { paths: 10_000, seed: 6 });
  for (const total of [...Object.values(tradeOrder!.returnPct), tradeOrder!.observed.returnPct]) {
    expect(total).toBeCloseTo(-5, 10);
  }
  // Twenty-four orders, so 5 % lies within the second of them from either end, and half of them between the middle two.
  const sorted = all.toSorted((a, b) => a - b);
  const { p5, p50, p95 } = tradeOrder!.maxDrawdownPct;
  expect([p5, p95]).toEqual([expect.closeTo(sorted[1]!, 9), expect.closeTo(sorted[22]!, 9)]);
  expect(p50).toBeGreaterThan(sorted[11]! - 1e-9);
  expect(p50).toBeLessThan(sorted[12]! + 1e-9);
  expect(tradeOrder!.observed.maxDrawdownPct).toBeCloseTo(deepest(grown(factors)), 12);
  expect(monteCarlo(runOf(noise(60, 1), [5]), { paths: 100 }).tradeOrder).toBeNull();
  expect(monteCarlo(runOf(noise(60, 1), [5, -2_000, 3]), { paths: 100 }).tradeOrder).toBeNull();
});

test("amounts add up instead of multiplying, and an order that the run did not have can ruin the account", () => {
  const bandsOf = (profits: readonly number[]) =>
    monteCarlo({ ...runOf(noise(60, 1), profits), sizedBy: "amount" }, { paths: 10_000, seed: 6 }).tradeOrder!;
  const profits = [120, -80, 60, -150];
  const summed = (order: readonly number[]): number[] =>
    order.reduce<number[]>((path, profit) => [...path, path.at(-1)! + profit], [1_000]);
  const sorted = ordersOf(profits)
    .map((order) => deepest(summed(order)))
    .toSorted((a, b) => a - b);
  const { returnPct, maxDrawdownPct, observed, sizedBy } = bandsOf(profits);
  expect(sizedBy).toBe("amount");
  for (const total of [...Object.values(returnPct), observed.returnPct]) expect(total).toBeCloseTo(-5, 10);
  expect([maxDrawdownPct.p5, maxDrawdownPct.p95, observed.maxDrawdownPct]).toEqual([
    expect.closeTo(sorted[1]!, 9),
    expect.closeTo(sorted[22]!, 9),
    expect.closeTo(deepest(summed(profits)), 9),
  ]);
  const risky = bandsOf([900, -1_200]);
  expect([risky.observed.returnPct, risky.returnPct.p5, risky.returnPct.p95]).toEqual([
    expect.closeTo(-30, 9),
    -100,
    expect.closeTo(-30, 9),
  ]);
});

test("one seed, one answer; more trades do not change the blocks; ruin stays ruin; no movement has no Sharpe ratio", () => {
  const returns = noise(60, 1);
  const first = monteCarlo(runOf(returns, [5, -2]), { paths: 200, seed: 9 });
  expect(monteCarlo(runOf(returns, [5, -2]), { paths: 200, seed: 9 })).toEqual(first);
  expect(monteCarlo(runOf(returns, [5, -2, 7]), { paths: 200, seed: 9 }).bootstrap).toEqual(first.bootstrap);
  expect(monteCarlo(runOf(returns, [5, -2]), { paths: 200, seed: 10 }).bootstrap).not.toEqual(first.bootstrap);
  const ruined = monteCarlo(runOf(Float64Array.of(...returns, -1)), { paths: 500, blockPeriods: 1 }).bootstrap;
  expect([ruined.observed.returnPct, ruined.returnPct.p5, ruined.maxDrawdownPct.p5]).toEqual([-100, -100, -100]);
  const still = monteCarlo(runOf(new Float64Array(40)), { paths: 100 }).bootstrap;
  expect([still.sharpe, still.observed.sharpe, still.lossProbability, still.blockPeriods]).toEqual([null, null, 0, 1]);
});

test("too short a run, too long a block and too many draws are refused by name", () => {
  expect(() => monteCarlo(runOf(noise(29, 1)), { paths: 100 })).toThrow(
    "the run has 29 periods, and 30 are the fewest",
  );
  expect(() => monteCarlo(runOf(noise(30, 1)), { paths: 100, blockPeriods: 31 })).toThrow(
    "a block of 31 periods is longer than the run of 30",
  );
  const long = runOf(new Float64Array(20_000), [1, 2]);
  expect(() => monteCarlo(long, { paths: 5_000 })).toThrow(
    "5000 paths of 20000 periods and 2 trades are more than 100000000 draws",
  );
});

test("beside a real run it begins with the run's own figures", () => {
  const { result } = runBacktest({
    tape: loadTape("AAPL"),
    strategy: findStrategy("sma-cross"),
    monteCarlo: { paths: 500 },
  });
  const { observed, returnPct, periods } = result.evidence.monteCarlo!.bootstrap;
  expect([observed.returnPct, observed.maxDrawdownPct, observed.sharpe, periods]).toEqual([
    expect.closeTo(result.metrics["returnPct"]!, 9),
    expect.closeTo(result.metrics["maxDrawdownPct"]!, 9),
    result.metrics["sharpeArith"],
    result.bars - 1,
  ]);
  expect(returnPct.p5 < returnPct.p50 && returnPct.p50 < returnPct.p95).toBe(true);
  expect(result.certificate.checks).toContainEqual({ name: "Monte Carlo", outcome: "shown" });
  const without = runBacktest({ tape: loadTape("AAPL"), strategy: findStrategy("sma-cross") }).result;
  expect(without.evidence.monteCarlo).toBeNull();
  expect(without.certificate.checks).toContainEqual({ name: "Monte Carlo", outcome: "not-run" });
  expect({ ...without.metrics }).toEqual(result.metrics);
});

test("several symbols in one account are drawn again like one", () => {
  const tapes = ["AAPL", "^GSPC"].map((symbol) => loadTape(symbol, { start: "2014-01-01", end: "2018-01-01" }));
  const asked = ["AAPL", "^GSPC"];
  const base = { costBps: 20, cash: 100_000, mode: "reference", margin: 1, series: false } as const;
  const strategy = findBookStrategy("pairs-z")!;
  const drawn = runBook({ tapes, asked, strategy, ...base, monteCarlo: { paths: 200, seed: 3 } });
  const { bootstrap, tradeOrder } = drawn.evidence.monteCarlo!;
  expect([bootstrap.observed.returnPct, bootstrap.observed.maxDrawdownPct, tradeOrder?.trades]).toEqual([
    expect.closeTo(drawn.metrics["returnPct"]!, 9),
    expect.closeTo(-drawn.metrics["maxDrawdownPct"]!, 9),
    drawn.trades.length,
  ]);
  expect(tradeOrder?.sizedBy).toBe("amount");
  expect(drawn.certificate.checks).toContainEqual({ name: "Monte Carlo", outcome: "shown" });
  expect(runBook({ tapes, asked, strategy, ...base }).evidence.monteCarlo).toBeNull();
});
