// Several symbols in one account as one row of the backtest operation, with the same evidence beside it: look-ahead check, lag,
// cost ladder, future scramble.
import type { Tape } from "../../contracts/candles.ts";
import type { BacktestResult } from "../../contracts/operations/backtest.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { packageVersion } from "../../host/package-version.ts";
import { sliceCandles } from "../../market/cut-tape.ts";
import { at } from "../../market/indicators/blank.ts";
import { isoDate } from "../../market/iso-date.ts";
import { checkParams } from "../../strategies/check-params.ts";
import type { BookStrategy } from "../../strategies/book-strategy.ts";
import type { Params } from "../../strategies/strategy.ts";
import { certify, type Certificate } from "../evidence/certificate.ts";
import { checkUniverse } from "../evidence/check-universe.ts";
import { scrambledAfter } from "../evidence/future-scramble.ts";
import { monteCarlo, type MonteCarloRequest } from "../evidence/monte-carlo.ts";
import { probabilisticSharpe } from "../evidence/sharpe-evidence.ts";
import { equitySeries } from "../equity-series.ts";
import { periodReturns, periodsPerYear } from "../statistics/periods.ts";
import { bookStatistics } from "./book-statistics.ts";
import { joinCandles } from "./join-tapes.ts";
import { simulateBook, type BookConfig, type BookRun } from "./simulate-book.ts";

export interface BookRequest {
  readonly tapes: readonly Tape[];
  /** Symbols that were asked for. */
  readonly asked: readonly string[];
  readonly strategy: BookStrategy;
  readonly params?: Params | undefined;
  readonly costBps: number;
  readonly cash: number;
  /** Product: sells before buys, and a decision that the equity does not cover is dropped whole. */
  readonly mode: "reference" | "product";
  /** Own share of positions in product mode. */
  readonly margin: number;
  readonly monteCarlo?: MonteCarloRequest | undefined;
  readonly series: boolean;
  /** The run when its decisions were made elsewhere, on `openBookRun`. Figures and trades come from it; the checks do not. */
  readonly run?: BookRun | undefined;
}

type Series = ReturnType<typeof joinCandles>;

const ladder = [0, 5, 20, 50] as const;
const cuts = 8;

/** Throws `usage.invalid` for a wrong number of symbols or parameters, `market.range` when no day is common. */
export function runBook(request: BookRequest): BacktestResult {
  const { tapes, strategy, mode, margin, costBps } = request;
  const { params, series, configAt } = openBookRun(request);
  const runOn = (on: Series, bps = costBps, lag = 0): BookRun => {
    const decide = strategy.prepare(on, params);
    return simulateBook(on, configAt(bps), (bar, { units, equity }) =>
      bar < lag ? [] : decide(bar - lag, units, equity),
    );
  };
  const run = request.run ?? runOn(series);
  const rungs = ladder.map((bps) => ({ costBps: bps, returnPct: returnOf(runOn(series, bps)) }));
  const lookAhead = samePast(series, run, (cut) => runOn(series.map((one) => sliceCandles(one, 0, cut + 1))));
  const scramble = samePast(series, run, (cut) => runOn(series.map((one, k) => scrambledAfter(one, cut, cut + k))));
  const metrics = bookStatistics(run);
  const passports = tapes.map(({ passport }) => passport);
  const sha256 = passports.map((one) => one.sha256).join("+");
  const { t } = series[0] ?? { t: new Float64Array() };
  const checks = checksOf(request, passports, { lookAhead, scramble });
  const config = { ...configAt(costBps), grossLimit: mode === "product" ? 1 / margin : null, mode };
  return {
    ...originOf(passports, strategy.id, sha256, t),
    metrics,
    oneBarLag: bookStatistics(runOn(series, costBps, 1)),
    trades: legRows(run, t, passports),
    lookAheadCheck: lookAhead ? "passed" : "failed",
    evidence: {
      costLadder: rungs,
      breakEvenBps: null,
      futureScramble: scramble ? "passed" : "failed",
      probabilisticSharpe: probabilisticSharpe(periodReturns(run.equity, t)),
      deflatedSharpe: null,
      trials: 1,
      overfitting: null,
      noEdge: null,
      monteCarlo: monteCarloOf(run, t, request),
    },
    certificate: certify({
      tapeSha256: sha256,
      code: `e2b-swarm ${packageVersion()}`,
      strategy: strategy.id,
      params,
      config,
      metrics,
      checks,
    }),
    ...(request.series ? { series: equitySeries(run.equity, t) } : {}),
    note: noteOf(passports, run, request),
  };
}

function monteCarloOf({ equity, book }: BookRun, t: Float64Array, { monteCarlo: asked, cash }: BookRequest) {
  if (asked === undefined) return null;
  const profits = book.legs.map(({ pnlNet }) => pnlNet);
  // Books ask for so many dollars or units of each symbol.
  const closed = { profits, cash, sizedBy: "amount" } as const;
  return monteCarlo({ returns: periodReturns(equity, t), periodsPerYear: periodsPerYear(t), ...closed }, asked);
}

/** What a run trades and how: joined candles, checked parameters, the account. Throws as `runBook`. */
export function openBookRun({ tapes, strategy, cash, mode, margin, params }: BookRequest) {
  checkSymbols(strategy, tapes);
  return {
    params: checkParams(strategy, params),
    series: joinCandles(tapes.map(({ candles }) => candles)),
    configAt: (bps: number): BookConfig => ({
      cash,
      feeRate: bps / 10_000,
      grossLimit: mode === "product" ? 1 / margin : Infinity,
      sequence: mode === "product" ? "sells-first" : "as-decided",
    }),
  };
}

function originOf(passports: readonly Tape["passport"][], strategy: string, sha256: string, t: Float64Array) {
  return {
    symbol: passports.map((one) => one.symbol).join("+"),
    strategy,
    source: passports.map((one) => one.source).join(" + "),
    sha256,
    closeOnly: passports.some((one) => one.closeOnly),
    synthetic: passports.some((one) => one.synthetic),
    first: isoDate(t[0]),
    last: isoDate(t[t.length - 1]),
    bars: t.length,
  };
}

function checksOf(
  { asked, monteCarlo: drawn }: BookRequest,
  passports: readonly Tape["passport"][],
  { lookAhead, scramble }: { readonly lookAhead: boolean; readonly scramble: boolean },
): Certificate["checks"] {
  return [
    { name: "prefix invariance", outcome: lookAhead ? "passed" : "failed" },
    { name: "future scramble", outcome: scramble ? "passed" : "failed" },
    { name: "universe", outcome: checkUniverse(asked, passports) },
    { name: "one-bar lag", outcome: "shown" },
    { name: "cost ladder", outcome: "shown" },
    { name: "no-edge worlds", outcome: "not-run" },
    { name: "Monte Carlo", outcome: drawn === undefined ? "not-run" : "shown" },
  ];
}

function checkSymbols({ id, symbols: [fewest, most] }: BookStrategy, tapes: readonly Tape[]): void {
  if (tapes.length >= fewest && tapes.length <= most) return;
  const wanted = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
  throw new SwarmError("usage.invalid", `Cannot run ${id} on ${tapes.length} symbols: it takes ${wanted}`, {
    hint: "Name them with --symbols, commas between",
  });
}

function returnOf({ equity }: BookRun): number {
  return 100 * (at(equity, equity.length - 1) / at(equity, 0) - 1);
}

/** Decisions and equity up to each cut are those of the whole run. */
function samePast(series: Series, full: BookRun, other: (cut: number) => BookRun): boolean {
  const bars = series[0]?.t.length ?? 0;
  for (let step = 1; step <= cuts; step += 1) {
    const cut = Math.floor((bars * step) / (cuts + 1));
    const run = other(cut);
    for (let bar = 0; bar <= cut; bar += 1) {
      if (!Object.is(at(run.equity, bar), at(full.equity, bar))) return false;
      if (JSON.stringify(run.decisions.get(bar)) !== JSON.stringify(full.decisions.get(bar))) return false;
    }
  }
  return true;
}

function legRows({ book }: BookRun, t: Float64Array, passports: readonly Tape["passport"][]): BacktestResult["trades"] {
  return book.legs.map((leg) => ({
    symbol: passports[leg.symbol]?.symbol ?? "",
    entryDate: isoDate(at(t, leg.openBar)),
    exitDate: isoDate(at(t, leg.closeBar)),
    size: leg.units,
    entryPrice: leg.entryPrice,
    exitPrice: leg.exitPrice,
    profit: leg.pnlNet,
    fees: leg.pnl - leg.pnlNet,
  }));
}

function noteOf(passports: readonly Tape["passport"][], run: BookRun, { costBps, mode }: BookRequest): string {
  const parts = [
    `In this replay of the days that all symbols have, after ${costBps} basis points per side`,
    "orders fill at the next open",
    `${run.book.legs.length} closed legs, ${run.rejected} decisions dropped for want of equity`,
    mode === "product" ? "no borrow cost" : "no margin check and no borrow cost",
  ];
  if (passports.some((one) => one.symbol.startsWith("^")))
    parts.push("an index is not tradable and pays no dividends here");
  if (passports.some((one) => one.synthetic)) parts.push("SYNTHETIC prices");
  return `${parts.join("; ")}. A replay of the past is no forecast.`;
}
