// A backtest whose decisions are made by agents in sandboxes. Their parts are merged and booked here, with the very engine of an
// undivided run: the figures are its figures, bit by bit, whatever the number of agents.
import { openBookRun, runBook } from "../../backtest/book/run-book.ts";
import { runBacktest, tradedCandles } from "../../backtest/run-backtest.ts";
import { mergeParts } from "../../backtest/split/merge-parts.ts";
import { splitBars } from "../../backtest/split/split-bars.ts";
import type { Candles, Tape } from "../../contracts/candles.ts";
import type { BacktestInput, BacktestOutput, BacktestResult } from "../../contracts/operations/backtest.ts";
import type { OperationContext } from "../../contracts/operation.ts";
import { priceOf } from "../../costs/price-of.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { makeId } from "../../host/ids.ts";
import { isoDate } from "../../market/iso-date.ts";
import { checkParams } from "../../strategies/check-params.ts";
import { findBookStrategy } from "../../strategies/find-strategy.ts";
import { bookRequestOf, pureRequestOf } from "../backtest-requests.ts";
import { openTapes, type OpenTape, type TapeSources } from "../open-tapes.ts";
import { loadStrategy } from "../load-strategy.ts";
import type { Parts } from "../parts.ts";
import { stopIfAborted } from "../stop.ts";
import { askPart } from "./ask-part.ts";
import { checkShareable } from "./check-shareable.ts";
import { openCrew, type Crew } from "./crew.ts";
import { decideBook, type SharedStretch } from "./decide-book.ts";
import { shareParts } from "./share-parts.ts";

type AgentsUsed = NonNullable<BacktestOutput["agents"]>;
type PartRow = AgentsUsed["parts"][number];

export interface SplitRun {
  readonly results: readonly BacktestResult[];
  readonly agents: AgentsUsed;
}

interface Job {
  readonly input: BacktestInput;
  readonly count: number;
  readonly crew: Crew;
  readonly nextTaskId: () => string;
  readonly checkStop: () => void;
}

interface Decided {
  readonly results: readonly BacktestResult[];
  readonly parts: readonly PartRow[];
}

/** Throws `agent.*` and `sandbox.*` when no agent is left, `cancelled`, and what an undivided backtest throws. */
export async function runSplit(
  parts: Parts,
  input: BacktestInput,
  count: number,
  context: OperationContext,
): Promise<SplitRun> {
  // Prices and parameters first: what an undivided run refuses must not cost a sandbox.
  const decide = await jobOf(input, { feeds: () => parts.feeds(), signal: context.signal });
  const beganNs = parts.clock.monotonicNs();
  const { crew, sandboxIds, close } = await openCrew(parts, count, context);
  const stop = (): void => void close();
  context.signal.addEventListener("abort", stop, { once: true });
  const checkStop = (): void => stopIfAborted(context.signal, "the backtest");
  let decided: Decided;
  try {
    checkStop();
    decided = await decide({ input, count, crew, nextTaskId: () => makeId("part", parts.random), checkStop });
  } catch (thrown) {
    checkStop();
    throw thrown;
  } finally {
    context.signal.removeEventListener("abort", stop);
    await close();
  }
  const ids = new Set(sandboxIds);
  const { sandboxSeconds } = priceOf(parts.bill(ids), readPriceList());
  const elapsedSeconds = Number(parts.clock.monotonicNs() - beganNs) / 1e9;
  const used = { count, sandboxes: ids.size, dropped: crew.dropped(), sandboxSeconds, elapsedSeconds };
  return { results: decided.results, agents: { ...used, parts: [...decided.parts] } };
}

/** Loads and checks everything; what is returned needs agents. */
async function jobOf(input: BacktestInput, sources: TapeSources): Promise<(job: Job) => Promise<Decided>> {
  const tapes = openTapes(input, sources);
  const book = findBookStrategy(input.strategy);
  if (book === undefined) return symbolBySymbol(tapes, input);
  const request = await bookRequestOf(tapes, input, book);
  const { series, params, configAt } = openBookRun(request);
  checkShareable(series);
  return async ({ count, crew, nextTaskId, checkStop }) => {
    const own = book.prepare(series, params);
    const asked = { series, strategy: book.id, params, own, config: configAt(request.costBps), nextTaskId, checkStop };
    const { run, parts } = await decideBook(crew, count, asked);
    const result = runBook({ ...request, run });
    return { results: [result], parts: parts.map((part) => rowOf(result.symbol, series[0], part)) };
  };
}

async function symbolBySymbol(
  tapes: readonly OpenTape[],
  input: BacktestInput,
): Promise<(job: Job) => Promise<Decided>> {
  const { strategy, name, code } = await loadStrategy(input.strategy);
  const params = checkParams(strategy, input.params);
  const loaded: Tape[] = [];
  for (const { load } of tapes) loaded.push(await load());
  const requests = loaded.map((tape) => {
    const { candles } = tradedCandles(tape);
    checkShareable([candles]);
    return { tape, candles, request: pureRequestOf(tape, input, strategy) };
  });
  return async ({ count, crew, nextTaskId, checkStop }) => {
    const results: BacktestResult[] = [];
    const rows: PartRow[] = [];
    for (const { tape, candles, request } of requests) {
      const bars = candles.t.length;
      const own = strategy.prepare(candles, params);
      const question = { candles, strategy: name, code, params, own, nextTaskId };
      const shares = await shareParts(crew, splitBars(bars, count), async (worker, stretch) => {
        checkStop();
        const pieces = await askPart(worker, stretch, question);
        const { agentId, sandboxId } = worker;
        return { pieces, row: rowOf(tape.passport.symbol, candles, { ...stretch, agentId, sandboxId }) };
      });
      const decided = mergeParts(
        bars,
        shares.flatMap(({ pieces }) => pieces),
      );
      results.push(runBacktest({ ...request, decided }).result);
      rows.push(...shares.map(({ row }) => row));
    }
    return { results, parts: rows };
  };
}

function rowOf(symbol: string, candles: Candles | undefined, part: SharedStretch): PartRow {
  const { agentId, sandboxId, from, to } = part;
  const [first, last] = [isoDate(candles?.t[from]), isoDate(candles?.t[to - 1])];
  return { symbol, agentId, sandboxId, first, last, bars: to - from };
}
