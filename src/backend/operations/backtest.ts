// One strategy over each symbol's prices, or several symbols in one account. Prices are the installed ones, the user's file, or
// invented ones that say so.
import type { BacktestInput, BacktestResult } from "../../contracts/operations/backtest.ts";
import type { OperationContext } from "../../contracts/operation.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import type { EngineConfig } from "../../backtest/engine-config.ts";
import { runBacktest } from "../../backtest/run-backtest.ts";
import { runBook } from "../../backtest/book/run-book.ts";
import { findBookStrategy, findStrategy } from "../../strategies/find-strategy.ts";
import type { Parts } from "../parts.ts";
import { openTapes, type OpenTape } from "../open-tapes.ts";
import { handler } from "../handler.ts";
import { stopIfAborted } from "../stop.ts";
import { writePage } from "../write-page.ts";

const basisPoint = 1e-4;

export const handle = handler("backtest.input", "backtest.output", async (parts, input, context) => {
  checkTogether(input);
  const tapes = openTapes(input);
  const book = findBookStrategy(input.strategy);
  const results: BacktestResult[] = [];
  if (book !== undefined) {
    const loaded = tapes.map(({ load }) => load());
    context.progress(`${book.id} on ${loaded.map(({ passport }) => passport.symbol).join(", ")}`);
    const { params, costBps = 20, cash = 10_000, mode = "reference", margin = 1 } = input;
    results.push(
      runBook({
        tapes: loaded,
        asked: tapes.map(({ symbol }) => symbol),
        strategy: book,
        params,
        costBps,
        cash,
        mode,
        margin,
        series: wantsSeries(input),
      }),
    );
  } else {
    const strategy = findStrategy(input.strategy);
    for (const tape of tapes) {
      stopIfAborted(context.signal, "the backtest");
      results.push(runOne(tape, input, strategy, context));
    }
  }
  return finish(parts, input, results);
});

function runOne(
  { symbol, load }: OpenTape,
  input: BacktestInput,
  strategy: ReturnType<typeof findStrategy>,
  context: OperationContext,
): BacktestResult {
  const tape = load();
  context.progress(`${strategy.id} on ${symbol}, ${tape.passport.first} to ${tape.passport.last}`);
  const { params, costBps = 20, cash = 10_000, grid, walkForward, luck } = input;
  const request = { tape, strategy, params, costBps, cash, grid, walkForward, luck };
  return runBacktest({ ...request, engine: engineOf(input), series: wantsSeries(input) }).result;
}

function engineOf(input: BacktestInput): Partial<EngineConfig> {
  const { mode = "reference", margin = 1, fixedFee = 0, spreadBps = 0, slippageBps = 0 } = input;
  return {
    mode,
    margin,
    commission: { fixed: fixedFee, relative: 0 },
    spread: spreadBps * basisPoint,
    slippage: slippageBps > 0 ? { kind: "bps", bps: slippageBps } : { kind: "none" },
    borrowPct: input.borrowPct ?? 0,
    interestPct: input.interestPct ?? 0,
    tradeOnClose: input.tradeOnClose ?? false,
    finalizeTrades: input.finalize ?? mode === "product",
    ...(input.size === undefined ? {} : { size: input.size }),
  };
}

const productOnly = ["slippageBps", "borrowPct", "interestPct"] as const;
/** What a run with several symbols in one account does not know. */
const singleOnly = [
  ...productOnly,
  "size",
  "fixedFee",
  "spreadBps",
  "tradeOnClose",
  "finalize",
  "grid",
  "walkForward",
  "luck",
] as const;

function checkTogether(input: BacktestInput): void {
  const given = (names: readonly (keyof BacktestInput)[]): string | undefined =>
    names.find((name) => input[name] !== undefined);
  const early = input.mode === "product" ? undefined : given(productOnly);
  if (early !== undefined) throw refused(`${early} needs the product mode`, "Add --mode product");
  const single = findBookStrategy(input.strategy) === undefined ? undefined : given(singleOnly);
  if (single !== undefined) {
    throw refused(
      `${single} is not known to ${input.strategy}`,
      "Leave it out: several symbols share one account here",
    );
  }
  if (input.synthetic !== undefined && input.dataFile !== undefined) {
    throw refused("prices come from a file or are invented, not both", "Leave out --synthetic or --data-file");
  }
  if (input.world !== undefined && input.synthetic === undefined) {
    throw refused("a world needs a seed", "Add --synthetic with a number");
  }
}

function refused(problem: string, hint: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot run the backtest: ${problem}`, { hint });
}

function wantsSeries({ series = false, page }: BacktestInput): boolean {
  return series || page !== undefined;
}

async function finish(parts: Parts, input: BacktestInput, results: readonly BacktestResult[]) {
  const output = {
    backtestId: makeId("backtest", parts.random),
    strategy: results[0]?.strategy ?? input.strategy,
    completedAt: new Date(parts.clock.nowMs()).toISOString(),
    results: [...results],
  };
  if (input.page === undefined) return output;
  await writePage(output, input.page);
  if (input.series === true) return { ...output, page: input.page };
  return { ...output, page: input.page, results: results.map(({ series: _series, ...result }) => result) };
}
