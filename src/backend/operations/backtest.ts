// One strategy over each symbol's recorded prices.
import { makeId } from "../../host/ids.ts";
import { runBacktest } from "../../backtest/run-backtest.ts";
import { loadTape } from "../../market/read-tape.ts";
import { findStrategy } from "../../strategies/find-strategy.ts";
import { handler } from "../handler.ts";
import { stopIfAborted } from "../stop.ts";

export const handle = handler("backtest.input", "backtest.output", async (parts, input, context) => {
  const { symbols = ["AAPL"], start, end, params, costBps = 20, cash = 10_000 } = input;
  const strategy = findStrategy(input.strategy);
  const results = [];
  for (const symbol of symbols) {
    stopIfAborted(context.signal, "the backtest");
    const tape = loadTape(symbol, { start, end });
    context.progress(`${strategy.id} on ${symbol}, ${tape.passport.first} to ${tape.passport.last}`);
    results.push(runBacktest({ tape, strategy, params, costBps, cash }).result);
  }
  return {
    backtestId: makeId("backtest", parts.random),
    strategy: strategy.id,
    completedAt: new Date(parts.clock.nowMs()).toISOString(),
    results,
  };
});
