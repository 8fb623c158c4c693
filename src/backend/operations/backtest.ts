// One strategy over each symbol's prices, or several symbols in one account. Prices are the installed ones, the user's file, or
// invented ones that say so. Decisions are made here, or by agents in sandboxes of the target.
import type { BacktestInput, BacktestOutput, BacktestResult } from "../../contracts/operations/backtest.ts";
import type { OperationContext } from "../../contracts/operation.ts";
import { makeId } from "../../host/ids.ts";
import { runBacktest } from "../../backtest/run-backtest.ts";
import { runBook } from "../../backtest/book/run-book.ts";
import { findBookStrategy } from "../../strategies/find-strategy.ts";
import { bookRequestOf, checkTogether, pureRequestOf } from "../backtest-requests.ts";
import { loadStrategy } from "../load-strategy.ts";
import type { Parts } from "../parts.ts";
import { openTapes } from "../open-tapes.ts";
import { handler } from "../handler.ts";
import { stopIfAborted } from "../stop.ts";
import { writePage } from "../write-page.ts";

export const handle = handler("backtest.input", "backtest.output", async (parts, input, context) => {
  checkTogether(input);
  if (input.agents === undefined) return finish(parts, input, { results: await runHere(parts, input, context) });
  const { runSplit } = await import("../split-backtest/run-split.ts");
  return finish(parts, input, await runSplit(parts, input, input.agents, context));
});

async function runHere(
  parts: Parts,
  input: BacktestInput,
  context: OperationContext,
): Promise<readonly BacktestResult[]> {
  const tapes = openTapes(input, { feeds: () => parts.feeds(), signal: context.signal });
  const book = findBookStrategy(input.strategy);
  if (book !== undefined) {
    const request = await bookRequestOf(tapes, input, book);
    context.progress(`${book.id} on ${request.tapes.map(({ passport }) => passport.symbol).join(", ")}`);
    return [runBook(request)];
  }
  const { strategy } = await loadStrategy(input.strategy);
  const results: BacktestResult[] = [];
  for (const { symbol, load } of tapes) {
    stopIfAborted(context.signal, "the backtest");
    const tape = await load();
    context.progress(`${strategy.id} on ${symbol}, ${tape.passport.first} to ${tape.passport.last}`);
    results.push(runBacktest(pureRequestOf(tape, input, strategy)).result);
  }
  return results;
}

type Ran = { readonly results: readonly BacktestResult[]; readonly agents?: NonNullable<BacktestOutput["agents"]> };

async function finish(parts: Parts, input: BacktestInput, { results, agents }: Ran): Promise<BacktestOutput> {
  const output = {
    backtestId: makeId("backtest", parts.random),
    strategy: results[0]?.strategy ?? input.strategy,
    completedAt: new Date(parts.clock.nowMs()).toISOString(),
    results: [...results],
    ...(agents === undefined ? {} : { agents }),
  };
  if (input.page === undefined) return output;
  await writePage(output, input.page);
  if (input.series === true) return { ...output, page: input.page };
  return { ...output, page: input.page, results: results.map(({ series: _series, ...result }) => result) };
}
