// The product mode: spread on both sides, marks at the fill, the last close, slippage inside the bar, and orders with terms.
import { expect, test } from "vitest";
import type { Candles } from "../../src/contracts/candles.ts";
import { defaultConfig, type Desk, type EngineConfig } from "../../src/backtest/engine-config.ts";
import { simulate } from "../../src/backtest/simulate.ts";

type Row = readonly [open: number, high: number, low: number, close: number];
function bars(...rows: readonly Row[]): Candles {
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  return {
    t: Float64Array.from(rows, (_, bar) => Date.UTC(2020, 0, 1 + bar)),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length).fill(1_000),
  };
}
const product: EngineConfig = { ...defaultConfig, mode: "product", cash: 1_000 };
const run = (
  candles: Candles,
  plan: Readonly<Record<number, (desk: Desk) => void>>,
  change: Partial<EngineConfig> = {},
) => simulate(candles, 0, { ...product, ...change }, (bar, desk) => plan[bar]?.(desk));
const calm = bars([10, 11, 9, 10], [10, 11, 9, 10], [12, 13, 11, 12], [12, 13, 11, 11.5]);
const ten = { size: 10 } as const;

test("half the spread is a cost of each side, and the price stays that of the bar", () => {
  const { trades } = run(calm, { 0: (desk) => desk.buy(ten), 2: (desk) => desk.close() }, { spread: 0.01 });
  expect([trades.entryPrice, trades.exitPrice]).toEqual([[10], [12]]);
  expect(trades.fees[0]).toBeCloseTo(10 * 10 * 0.005 + 10 * 12 * 0.005, 12);
});

test("both sides cost alike: a round trip at one price loses twice the cost of a side", () => {
  const flat = bars([10, 10, 10, 10], [10, 10, 10, 10], [10, 10, 10, 10], [10, 10, 10, 10]);
  const config = { commission: { fixed: 1, relative: 0.002 }, spread: 0.004 };
  const { finalCash } = run(flat, { 0: (desk) => desk.buy(ten), 1: (desk) => desk.close() }, config);
  expect(finalCash).toBeCloseTo(1_000 - 2 * (1 + 100 * (0.002 + 0.002)), 12);
});

test("what is open at the end is closed at the last close", () => {
  const { trades, open, equity } = run(calm, { 0: (desk) => desk.buy(ten) }, { finalizeTrades: true });
  expect([trades.exitPrice, trades.exitBar, open, equity[3]]).toEqual([[11.5], [3], [], 1_015]);
});

test("with leverage a second entry is sized with the fill price, not with the later close of its bar", () => {
  const falling = bars([10, 10, 10, 10], [10, 10, 10, 10], [10, 10, 5, 5]);
  const plan = { 0: (desk: Desk) => desk.buy({ size: 0.5 }), 1: (desk: Desk) => desk.buy({ size: 0.5 }) };
  const sizes = (mode: "reference" | "product") =>
    run(falling, plan, { mode, margin: 0.5 }).open.map((one) => one.size);
  // 1,000 at leverage 2: half of it buys 100 at 10 and binds 500; the rest at the fill is 500, at the close of 5 it is 250.
  expect([sizes("product"), sizes("reference")]).toEqual([
    [100, 50],
    [100, 25],
  ]);
});

test.each([
  ["basis points", { kind: "bps", bps: 100 }, 10.1],
  ["a share of the volume", { kind: "volume", bpsPerPct: 100 }, 10.1],
  ["no further than the high", { kind: "bps", bps: 5_000 }, 11],
] as const)("slippage by %s", (_name, slippage, price) => {
  const { open } = run(calm, { 0: (desk) => desk.buy(ten) }, { slippage });
  expect(open[0]?.entryPrice).toBeCloseTo(price, 12);
});

test("seeded noise replays, stays in the bar and leaves limits alone", () => {
  const slippage = { kind: "noise", bps: 50, seed: 4 } as const;
  const [one, two] = [0, 1].map(() => run(calm, { 0: (desk) => desk.buy(ten) }, { slippage }).open[0]?.entryPrice);
  expect(one).toBe(two);
  expect(one).toBeGreaterThan(10);
  const limited = run(calm, { 0: (desk) => desk.buy({ ...ten, limit: 9.5 }) }, { slippage });
  expect(limited.open[0]?.entryPrice).toBe(9.5);
});

test("slippage by volume on a bar without volume is refused", () => {
  const silent = { ...calm, volume: new Float64Array(4) };
  const slippage = { kind: "volume", bpsPerPct: 1 } as const;
  expect(() => run(silent, { 0: (desk) => desk.buy(ten) }, { slippage })).toThrow("[market.data]");
});

test("a stop-limit waits for its limit once the stop was touched", () => {
  const plan = { 0: (desk: Desk) => desk.buy({ ...ten, stop: 11, limit: 11.2 }) };
  const gap: Row = [12, 13, 11.5, 12];
  expect(run(bars([10, 10, 10, 10], [10.5, 12, 10, 11.8]), plan).open[0]?.entryPrice).toBe(11);
  const waited = run(bars([10, 10, 10, 10], gap, [11.5, 12, 11, 11.5]), plan);
  expect(waited.open.map((one) => [one.entryPrice, one.entryBar])).toEqual([[11.2, 2]]);
});

test("a trailing stop follows the best price and never goes back", () => {
  const path = bars([10, 10, 10, 10], [10, 12, 10, 12], [12, 12, 11.9, 12], [11.5, 12, 10, 11]);
  const { trades } = run(path, { 0: (desk) => desk.buy({ ...ten, trailPct: 10 }) });
  expect([trades.exitPrice, trades.exitBar]).toEqual([[10.8], [3]]);
});

test("a day order lives for one bar", () => {
  const path = bars([10, 10, 10, 10], [10, 11, 9.5, 10], [9, 10, 8, 9]);
  expect(run(path, { 0: (desk) => desk.buy({ ...ten, limit: 9, day: true }) }).open).toEqual([]);
  expect(run(path, { 0: (desk) => desk.buy({ ...ten, limit: 9 }) }).open).toHaveLength(1);
});

test("one cancels the other", () => {
  const path = bars([10, 10, 10, 10], [10, 11.5, 9.8, 11], [9, 10, 8, 9]);
  const { open } = run(path, {
    0(desk) {
      desk.buy({ ...ten, stop: 11, group: 1 });
      desk.buy({ ...ten, limit: 9, group: 1 });
    },
  });
  expect(open.map((one) => [one.entryPrice, one.entryBar])).toEqual([[11, 1]]);
});

test("stop and target keep their distance to the fill when asked to", () => {
  const path = bars([10, 10, 10, 10], [11, 11, 11, 11], [11, 11, 10, 10]);
  const entry = { ...ten, stopLoss: 9.5 };
  expect(run(path, { 0: (desk) => desk.buy(entry) }).trades.exitPrice).toEqual([]);
  expect(run(path, { 0: (desk) => desk.buy(entry) }, { bracketFrom: "fill" }).trades.exitPrice[0]).toBeCloseTo(
    10.45,
    12,
  );
});

test("shorts pay to borrow, longs beyond the equity pay interest", () => {
  const flat = bars([10, 10, 10, 10], [10, 10, 10, 10], [10, 10, 10, 10]);
  const short = run(flat, { 0: (desk) => desk.sell({ size: 50 }) }, { borrowPct: 36.5 });
  expect(short.financing).toBeCloseTo(500 * 0.001, 12);
  const long = run(flat, { 0: (desk) => desk.buy({ size: 150 }) }, { margin: 0.5, interestPct: 36.5 });
  expect(long.financing).toBeCloseTo(500 * 0.001, 12);
  expect(long.finalCash).toBeCloseTo(1_000 - 0.5, 12);
});
