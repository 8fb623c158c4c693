// The short way and the queue are one engine: equal bits for every strategy, cost, size, margin and lag, and on random prices.
import { expect, test } from "vitest";
import { checkLookAhead } from "../../src/backtest/check-look-ahead.ts";
import { defaultConfig, type EngineConfig } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { makeTape } from "../../src/market/synthetic/make-tape.ts";
import { worldNames } from "../../src/market/synthetic/worlds.ts";
import { checkParams } from "../../src/strategies/check-params.ts";
import { signalCodes, type Strategy } from "../../src/strategies/strategy.ts";
import { strategies } from "../../src/strategies/find-strategy.ts";

const configs: readonly (Partial<EngineConfig> & { readonly lagBars?: number })[] = [
  {},
  { commission: { fixed: 1.5, relative: 0.002 }, spread: 0.001 },
  { size: 0.5, margin: 0.1, commission: { fixed: 0, relative: 0.0005 } },
  { size: 10, finalizeTrades: true },
  { lagBars: 2, cash: 1_000 },
];

test("a column of decisions says what is said bar by bar", () => {
  let checked = 0;
  for (const strategy of strategies) {
    const { candles } = loadTape("^GSPC");
    const prepared = strategy.prepare(candles, checkParams(strategy));
    const { codes, firstIndicatorBar } = prepared;
    if (codes === undefined) continue;
    checked += 1;
    for (let bar = firstIndicatorBar + 1; bar < candles.close.length; bar += 1) {
      const code = codes[bar] ?? NaN;
      for (const side of [-1, 0, 1] as const) {
        const decision = prepared.decide(bar, side);
        expect(typeof decision === "string" ? signalCodes[decision] : NaN).toBe(code);
      }
    }
  }
  expect(checked).toBeGreaterThan(0);
});

test("a column that says otherwise is seen by the look at prefixes", () => {
  const { candles } = loadTape("AAPL");
  const honest = strategies.find(({ id }) => id === "sma-cross-reverse")!;
  const params = checkParams(honest);
  // The column of the whole tape knows tomorrow's close; `decide` does not.
  const peeking: Strategy = {
    ...honest,
    prepare(known, given) {
      const own = honest.prepare(known, given);
      const codes = new Uint8Array(known.close.length).map((_, bar) => {
        const [now, next] = [known.close[bar] ?? NaN, known.close[bar + 1] ?? NaN];
        return next > now ? signalCodes.buy : next < now ? signalCodes.sell : signalCodes.none;
      });
      return { firstIndicatorBar: own.firstIndicatorBar, codes, decide: (bar, side) => own.decide(bar, side) };
    },
  };
  const full = replayStrategy(candles, peeking, params, defaultConfig);
  expect(checkLookAhead(candles, peeking, params, defaultConfig, full).verdict).toBe("failed");
});

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
