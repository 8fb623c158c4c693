// The engine's order types on hand-made bars, each number worked out by hand, and the laws no run may break.
import { expect, test } from "vitest";
import type { Candles } from "../../src/contracts/candles.ts";
import { defaultConfig, type Desk, type EngineConfig } from "../../src/backtest/engine-config.ts";
import { simulate } from "../../src/backtest/simulate.ts";

function bars(...rows: (readonly [open: number, high: number, low: number, close: number])[]): Candles {
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  return {
    t: Float64Array.from(rows, (_, bar) => Date.UTC(2020, 0, 1 + bar)),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length),
  };
}
const config: EngineConfig = { ...defaultConfig, cash: 1_000 };
const run = (
  candles: Candles,
  plan: Readonly<Record<number, (desk: Desk) => void>>,
  change: Partial<EngineConfig> = {},
) => simulate(candles, 0, { ...config, ...change }, (bar, desk) => plan[bar]?.(desk));
const calm = bars([10, 11, 9, 10], [10, 11, 9, 10], [12, 13, 11, 12], [12, 13, 11, 12]);

test("a market order decided on a bar fills at the next open; one decided on the last bar never", () => {
  const { trades, open, equity } = run(calm, { 0: (desk) => desk.buy({ size: 10 }), 3: (desk) => desk.close() });
  expect(trades.size).toEqual([]);
  expect(open).toEqual([{ size: 10, entryBar: 1, entryPrice: 10, unrealised: 20 }]);
  expect([...equity]).toEqual([1_000, 1_000, 1_020, 1_020]);
});

test("all of the account buys whole units of price plus fee", () => {
  const { open, finalCash } = run(calm, { 0: (desk) => desk.buy() }, { commission: { fixed: 0, relative: 0.01 } });
  expect([open[0]?.size, finalCash]).toEqual([99, 1_000 - 99 * 10 * 0.01]);
});

test("the spread worsens entries only, fees are paid on both sides", () => {
  const { trades } = run(
    calm,
    { 0: (desk) => desk.buy({ size: 10 }), 2: (desk) => desk.close() },
    { spread: 0.01, commission: { fixed: 1, relative: 0 } },
  );
  expect(trades.entryPrice).toEqual([10.1]);
  expect(trades.exitPrice).toEqual([12]);
  expect(trades.fees).toEqual([2]);
  expect(trades.profit[0]).toBeCloseTo(10 * 1.9 - 2, 12);
});

test.each([
  ["a buy limit inside the bar", { size: 1, limit: 9.5 }, "buy", [10, 11, 9, 10], 9.5],
  ["a buy limit the bar opens below", { size: 1, limit: 9.5 }, "buy", [9, 11, 8, 10], 9],
  ["a buy stop inside the bar", { size: 1, stop: 10.5 }, "buy", [10, 11, 9, 10], 10.5],
  ["a buy stop the bar opens above", { size: 1, stop: 10.5 }, "buy", [11, 12, 9, 10], 11],
  ["a sell limit inside the bar", { size: 1, limit: 10.5 }, "sell", [10, 11, 9, 10], 10.5],
  ["a sell stop inside the bar", { size: 1, stop: 9.5 }, "sell", [10, 11, 9, 10], 9.5],
  ["a limit not reached", { size: 1, limit: 8 }, "buy", [10, 11, 9, 10], undefined],
  ["a stop not reached", { size: 1, stop: 12 }, "buy", [10, 11, 9, 10], undefined],
] as const)("%s", (_name, entry, side, bar, price) => {
  const { open } = run(bars([10, 11, 9, 10], bar), { 0: (desk) => desk[side](entry) });
  expect(open[0]?.entryPrice).toBe(price);
});

test("stop and target are live on the bar of the entry, the stop first", () => {
  const entry = { size: 10, stopLoss: 9.5, takeProfit: 10.5 };
  const { trades } = run(bars([10, 10, 10, 10], [10, 11, 9, 10], [10, 10, 10, 10]), { 0: (desk) => desk.buy(entry) });
  expect([trades.exitPrice, trades.entryBar, trades.exitBar]).toEqual([[9.5], [1], [1]]);
});

test("a target hit ends the trade and its stop vanishes", () => {
  const entry = { size: 10, stopLoss: 8, takeProfit: 11.5 };
  const { trades, open } = run(bars([10, 10, 10, 10], [10, 11, 9, 10], [10, 12, 10, 11], [9, 9, 7, 8]), {
    0: (desk) => desk.sell({ size: 0.5 }),
    1: (desk) => {
      desk.close();
      desk.buy(entry);
    },
  });
  expect([trades.size, trades.exitPrice]).toEqual([
    [-50, 10],
    [10, 11.5],
  ]);
  expect(open).toEqual([]);
});

test("an entry against an open trade closes the oldest first and opens the rest", () => {
  const { trades, open } = run(calm, { 0: (desk) => desk.buy({ size: 10 }), 1: (desk) => desk.sell({ size: 15 }) });
  expect([trades.size, trades.exitPrice, trades.exitBar]).toEqual([[10], [12], [2]]);
  expect(open.map(({ size, entryPrice }) => [size, entryPrice])).toEqual([[-5, 12]]);
});

test("exclusive orders turn the position at one open", () => {
  const { trades, open } = run(
    calm,
    { 0: (desk) => desk.buy({ size: 10 }), 1: (desk) => desk.sell({ size: 5 }) },
    { exclusiveOrders: true },
  );
  expect([trades.size, trades.exitBar, open.map((one) => [one.size, one.entryBar])]).toEqual([[10], [2], [[-5, 2]]]);
});

test("an order beyond the margin is dropped; leverage allows more", () => {
  expect(run(calm, { 0: (desk) => desk.buy({ size: 101 }) }).open).toEqual([]);
  expect(run(calm, { 0: (desk) => desk.buy({ size: 101 }) }, { margin: 0.5 }).open[0]?.size).toBe(101);
});

test("trade on close fills at the deciding bar's close and is dated there", () => {
  const { open } = run(
    bars([10, 11, 9, 10.5], [10, 11, 9, 10]),
    { 0: (desk) => desk.buy({ size: 10 }) },
    { tradeOnClose: true },
  );
  expect([open[0]?.entryPrice, open[0]?.entryBar]).toEqual([10.5, 0]);
});

test("finalising closes at the last open", () => {
  const { trades, open, equity } = run(calm, { 0: (desk) => desk.buy({ size: 10 }) }, { finalizeTrades: true });
  expect([trades.exitPrice, trades.exitBar, open, equity[3]]).toEqual([[12], [3], [], 1_020]);
});

test("a bust closes everything and stays at zero", () => {
  const rising = bars([10, 10, 10, 10], [10, 10, 10, 10], [20, 21, 19, 20.5], [1, 1, 1, 1]);
  const { equity, bustBar, finalCash, open } = run(rising, { 0: (desk) => desk.sell() });
  expect([[...equity], bustBar, finalCash, open]).toEqual([[1_000, 1_000, 0, 0], 2, 0, []]);
});
