// Backtests against results of another engine on the same bars, and the laws every honest backtest keeps.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../src/host/package-folder.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { equityNote } from "../../harness/claims/run-notes.ts";
import { check, faultOf } from "../check.ts";

const references = [
  { file: "aaplobs_sma_10_20_c20bp.json", strategy: "sma-cross-reverse", costBps: 20 },
  { file: "aaplobs_boll20_2_c20bp.json", strategy: "boll-revert", costBps: 20 },
  { file: "aaplobs_mom_12_1_c0.json", strategy: "momentum-12-1", costBps: 0 },
] as const;

/** Every strategy there is; only some have a reference result, but none may look ahead. */
const strategies = [
  "sma-cross-reverse",
  "sma-cross-long",
  "sma-cross-close-open",
  "sma-cross-bracket",
  "sma-cross-limit",
  "sma-cross-stop",
  "rsi-revert-long",
  "rsi-revert",
  "boll-revert",
  "boll-revert-long",
  "momentum-12-1",
  "roc-follow",
  "macd-cross",
  "z-revert",
  "buy-hold",
] as const;

check("trading.backtest", async ({ see, backend, journal }) => {
  const run = async (strategy: string, costBps: number, more: object = {}) => {
    const { results } = await backend.call("backtest", {
      strategy,
      symbols: ["AAPL"],
      start: "2013-05-13",
      costBps,
      ...more,
    });
    const [result] = results;
    if (result === undefined) throw new Error("the backtest gave no result");
    return result;
  };
  for (const { file, strategy, costBps } of references) {
    const reference = readReference(file);
    const result = await run(strategy, costBps);
    await see(`${strategy}: trades as the other engine`, reference.trades, () => result.trades.length);
    await see(`${strategy}: final equity to the cent`, reference.finalEquity.toFixed(2), () =>
      Number(result.metrics.finalEquity).toFixed(2),
    );
  }
  // The series of the first reference is what the report draws.
  const drawn = await run("sma-cross-reverse", 20, { series: true });
  const series = drawn.series ?? [];
  journal(
    equityNote({
      title: "Crossing averages on AAPL, costs paid",
      first: series[0]?.date ?? drawn.first,
      last: series.at(-1)?.date ?? drawn.last,
      cents: series.map(({ equity }) => Math.round(equity * 100)),
    }),
  );
  for (const strategy of strategies) {
    await see(`${strategy}: no look-ahead found`, "passed", async () => (await run(strategy, 20)).lookAheadCheck);
  }
  await see("costs lower the result of the same trades", true, async () => {
    const [free, costly] = [await run("sma-cross-reverse", 0), await run("sma-cross-reverse", 50)];
    return Number(costly.metrics.finalEquity) < Number(free.metrics.finalEquity);
  });
  await see("other dates give another result", true, async () => {
    const [whole, part] = [await run("momentum-12-1", 0), await run("momentum-12-1", 0, { end: "2016-12-30" })];
    return whole.metrics.finalEquity !== part.metrics.finalEquity;
  });
  await see("two runs give one result", true, async () => {
    const [one, two] = [await run("boll-revert", 20), await run("boll-revert", 20)];
    return JSON.stringify(one) === JSON.stringify(two);
  });
  await see("an unknown symbol is refused", "market.symbol", () =>
    faultOf(() => run("momentum", 0, { symbols: ["NOSUCH"] })),
  );
  await see("an uncovered range is refused", "market.range", () =>
    faultOf(() => run("momentum", 0, { end: "2031-01-01" })),
  );
  await see("an unknown strategy is refused", "strategy.unknown", () => faultOf(() => run("get-rich", 0)));
});

function readReference(file: string): { readonly trades: number; readonly finalEquity: number } {
  const value: unknown = JSON.parse(readFileSync(join(packageFolder(), "fixtures/reference/backtests", file), "utf8"));
  const stats = isRecord(value) && isRecord(value.stats) ? value.stats : {};
  const trades = isRecord(value) && Array.isArray(value.trades) ? value.trades.length : Number.NaN;
  return { trades, finalEquity: Number(stats.equityFinal ?? stats.finalEquity) };
}
