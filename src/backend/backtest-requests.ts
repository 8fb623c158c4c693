// What the backtest operation is asked for, as requests to the engine; choices that do not go together are refused by name.
import type { EngineConfig } from "../backtest/engine-config.ts";
import { tradedCandles, type BacktestRequest } from "../backtest/run-backtest.ts";
import type { BookRequest } from "../backtest/book/run-book.ts";
import type { Tape } from "../contracts/candles.ts";
import type { BacktestInput } from "../contracts/operations/backtest.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { BookStrategy } from "../strategies/book-strategy.ts";
import { checkParams } from "../strategies/check-params.ts";
import { findBookStrategy } from "../strategies/find-strategy.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { impureBar } from "../strategies/user/check-pure.ts";
import { invalid } from "../strategies/user/evaluate-strategy.ts";
import type { OpenTape } from "./open-tapes.ts";

const basisPoint = 1e-4;

/** One strategy on one tape. */
function requestOf(tape: Tape, input: BacktestInput, strategy: Strategy): BacktestRequest {
  const { params, costBps = 20, cash = 10_000, grid, walkForward, luck, monteCarlo } = input;
  const request = { tape, strategy, params, costBps, cash, grid, walkForward, luck, monteCarlo };
  return { ...request, engine: engineOf(input), series: wantsSeries(input) };
}

/** As `requestOf`; refuses a user's strategy that answers otherwise when asked again. Throws `strategy.invalid`. */
export function pureRequestOf(tape: Tape, input: BacktestInput, strategy: Strategy): BacktestRequest {
  const request = requestOf(tape, input, strategy);
  if (strategy.codeSha256 === undefined) return request;
  const bar = impureBar(strategy, tradedCandles(tape).candles, checkParams(strategy, input.params));
  if (bar < 0) return request;
  throw invalid(
    input.strategy,
    `it answers otherwise when it is asked about bar ${bar} again`,
    "Keep nothing outside of prepare, and change nothing in decide",
  );
}

/** Several symbols in one account; loads all tapes. */
export async function bookRequestOf(
  tapes: readonly OpenTape[],
  input: BacktestInput,
  strategy: BookStrategy,
): Promise<BookRequest> {
  const { params, costBps = 20, cash = 10_000, mode = "reference", margin = 1 } = input;
  const loaded = [];
  // One after the other: sources have a pace.
  for (const { load } of tapes) loaded.push(await load());
  return {
    tapes: loaded,
    asked: tapes.map(({ symbol }) => symbol),
    strategy,
    params,
    costBps,
    cash,
    mode,
    margin,
    monteCarlo: input.monteCarlo,
    series: wantsSeries(input),
  };
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
/** What is tried or repeated on this machine only. */
const hereOnly = ["grid", "walkForward", "luck"] as const;

/** Where prices may come from instead of the installed series. */
const places = ["synthetic", "dataFile", "feed"] as const;

/** Throws `usage.invalid` for choices that do not go together. */
export function checkTogether(input: BacktestInput): void {
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
  const heavy = input.agents === undefined ? undefined : given(hereOnly);
  if (heavy !== undefined) {
    throw refused(`${heavy} is not known to agents`, "Run it without --agents");
  }
  if (places.filter((name) => input[name] !== undefined).length > 1) {
    throw refused("prices come from one place", "Give one of --feed, --data-file and --synthetic");
  }
  if (input.feed !== undefined && input.symbols === undefined) {
    throw refused("a source is asked for symbols", "Add --symbols");
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
