// The short way and the queue are one engine: equal bits for every strategy, cost, size, margin and lag, and on random prices.
import { expect, test } from "vitest";
import { defaultConfig, type EngineConfig } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { makeTape } from "../../src/market/synthetic/make-tape.ts";
import { worldNames } from "../../src/market/synthetic/worlds.ts";
import { checkParams } from "../../src/strategies/check-params.ts";
import { strategies } from "../../src/strategies/find-strategy.ts";

const configs: readonly (Partial<EngineConfig> & { readonly lagBars?: number })[] = [
  {},
  { commission: { fixed: 1.5, relative: 0.002 }, spread: 0.001 },
  { size: 0.5, margin: 0.1, commission: { fixed: 0, relative: 0.0005 } },
  { size: 10, finalizeTrades: true },
  { lagBars: 2, cash: 1_000 },
];

test.each(strategies.map((one) => one.id))("%s", (id) => {
  const strategy = strategies.find((one) => one.id === id)!;
  const params = checkParams(strategy);
  const tapes = [
    loadTape("AAPL").candles,
    ...worldNames.map(
      (world) => makeTape({ world, seed: 11, symbol: "X", start: "2010-01-01", end: "2012-12-31" }).candles,
    ),
  ];
  for (const candles of tapes) {
    for (const change of configs) {
      const config = { ...defaultConfig, ...change };
      const short = replayStrategy(candles, strategy, params, config);
      expect(short).toEqual(replayStrategy(candles, strategy, params, { ...config, queued: true }));
    }
  }
});
