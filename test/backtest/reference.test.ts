// Seven runs of another engine, reproduced trade by trade: counts, bars and sizes exactly, money to 1e-6, statistics to 1e-8
// relative, and the whole equity series by its hash.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { defaultConfig } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import { runStatistics } from "../../src/backtest/statistics/run-statistics.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { checkParams } from "../../src/strategies/check-params.ts";
import { findStrategy } from "../../src/strategies/find-strategy.ts";
import { reference } from "../market/reference.ts";

interface ReferenceRun {
  readonly data: { readonly set: string; readonly bars: number };
  readonly strategy: { readonly id: string; readonly params: Readonly<Record<string, number>> };
  readonly config: { readonly cash: number; readonly commission: number; readonly exclusiveOrders: boolean };
  readonly firstIndicatorBar: number;
  readonly firstDecisionBar: number;
  readonly stats: Readonly<Record<string, number>>;
  readonly finalCash: number;
  readonly openTrades: readonly {
    readonly size: number;
    readonly entryBar: number;
    readonly entryPrice: number;
    readonly unrealized: number;
  }[];
  readonly equity: { readonly n: number; readonly scale: number; readonly phi: number; readonly sha256: string };
  readonly tradeColumns: readonly string[];
  readonly trades: readonly (readonly number[])[];
}

const symbols: Readonly<Record<string, string>> = { AAPL_observable: "AAPL", SP500_vega: "^GSPC" };
const runs = [
  "aaplobs_sma_10_20_c20bp",
  "aaplobs_rsi14_longonly_c0",
  "aaplobs_boll20_2_c20bp",
  "aaplobs_mom_12_1_c0",
  "aaplobs_macd_12_26_9_c20bp",
  "sp500vega_sma_10_20_c0",
  "sp500vega_mom_12_1_c20bp",
];

function hashOf(equity: Float64Array, scale: number, phi: number): string {
  const text = Array.from(equity, (value) => String(Math.floor(value * scale + phi))).join("\n");
  return createHash("sha256").update(text).digest("hex");
}

function replay(file: ReferenceRun) {
  const { candles } = loadTape(symbols[file.data.set]!);
  const strategy = findStrategy(file.strategy.id);
  const config = {
    ...defaultConfig,
    cash: file.config.cash,
    commission: { fixed: 0, relative: file.config.commission },
  };
  expect(strategy.exclusiveOrders).toBe(file.config.exclusiveOrders);
  const { simulation, firstIndicatorBar } = replayStrategy(
    candles,
    strategy,
    checkParams(strategy, file.strategy.params),
    config,
  );
  return { simulation, firstIndicatorBar, stats: runStatistics(candles, simulation, firstIndicatorBar) };
}

test.each(runs)("%s", (id) => {
  const file = reference(`backtests/${id}.json`) as ReferenceRun;
  const { simulation, firstIndicatorBar, stats } = replay(file);
  expect([firstIndicatorBar, simulation.firstDecisionBar]).toEqual([file.firstIndicatorBar, file.firstDecisionBar]);
  const { trades } = simulation;
  expect(trades.size.length).toBe(file.trades.length);
  const exact = ["size", "entryBar", "exitBar"] as const;
  for (const name of exact)
    expect(trades[name]).toEqual(file.trades.map((row) => row[file.tradeColumns.indexOf(name)]));
  const money = {
    entryPrice: "entryPrice",
    exitPrice: "exitPrice",
    profit: "pnl",
    returnFraction: "returnFrac",
  } as const;
  for (const [ours, theirs] of Object.entries(money)) {
    const place = file.tradeColumns.indexOf(theirs);
    expect(place).toBeGreaterThanOrEqual(0);
    file.trades.forEach((row, at) => {
      const value = trades[ours as keyof typeof money][at]!;
      expect(Math.abs(value - row[place]!), `${theirs} of trade ${at}`).toBeLessThanOrEqual(1e-6);
    });
  }
  expect(simulation.finalCash).toBeCloseTo(file.finalCash, 6);
  expect(simulation.open.map(({ size, entryBar }) => [size, entryBar])).toEqual(
    file.openTrades.map(({ size, entryBar }) => [size, entryBar]),
  );
  for (const [name, wanted] of Object.entries(file.stats)) {
    const value = stats[name];
    expect(value, name).toBeTypeOf("number");
    expect(Math.abs(value! - wanted) / Math.max(1, Math.abs(wanted)), name).toBeLessThanOrEqual(1e-8);
  }
  expect(hashOf(simulation.equity, file.equity.scale, file.equity.phi)).toBe(file.equity.sha256);
});

test("the comparison can fail: half a basis point of cost changes the result", () => {
  const file = reference("backtests/aaplobs_sma_10_20_c20bp.json") as ReferenceRun;
  const { simulation } = replay({ ...file, config: { ...file.config, commission: 0.00205 } });
  expect(hashOf(simulation.equity, file.equity.scale, file.equity.phi)).not.toBe(file.equity.sha256);
});
