// One strategy on one tape, with the evidence that belongs beside its figures: the look-ahead checks, the same run with every
// order one bar later, and rising costs. A result describes a replay; it says nothing about what the strategy will earn.
import type { Candles, Tape } from "../contracts/candles.ts";
import type { BacktestResult } from "../contracts/operations/backtest.ts";
import { packageVersion } from "../host/package-version.ts";
import { at } from "../market/indicators/blank.ts";
import { isoDate } from "../market/iso-date.ts";
import { checkParams } from "../strategies/check-params.ts";
import type { Params, PreparedStrategy, Strategy } from "../strategies/strategy.ts";
import { checkLookAhead, type LookAhead } from "./check-look-ahead.ts";
import { defaultConfig, type EngineConfig, type Trades } from "./engine-config.ts";
import { equitySeries } from "./equity-series.ts";
import { auditNames, auditRun, type AuditName } from "./evidence/audit-run.ts";
import { certify, type CheckOutcome } from "./evidence/certificate.ts";
import { checkUniverse } from "./evidence/check-universe.ts";
import { gatherEvidence, type EvidenceRequest } from "./evidence/gather-evidence.ts";
import { noteOf } from "./note.ts";
import { replayStrategy, type Replay, type ReplayConfig } from "./replay-strategy.ts";
import { scaleCandles } from "./scale-candles.ts";
import { runStatistics } from "./statistics/run-statistics.ts";

export interface BacktestRequest extends EvidenceRequest {
  readonly tape: Tape;
  readonly strategy: Strategy;
  readonly params?: Params | undefined;
  /** Cost per side in basis points of the traded value. Default 20. */
  readonly costBps?: number | undefined;
  /** Dollars at the start. Default 10,000. */
  readonly cash?: number | undefined;
  /** Bars every order comes later. Default 0. */
  readonly lagBars?: number | undefined;
  /** Smallest tradable part of a unit. Default 1, or 1e-8 for a currency pair (a symbol with a slash). */
  readonly unit?: number | undefined;
  /** What of the engine's configuration differs from its default. */
  readonly engine?: Partial<EngineConfig> | undefined;
  /** Include equity and drawdown per bar. */
  readonly series?: boolean | undefined;
  /** Decisions that were made elsewhere, on `tradedCandles`. Figures and trades come from them; the checks do not. */
  readonly decided?: PreparedStrategy | undefined;
}

export interface Backtest {
  /** One row of the backtest operation's output. */
  readonly result: BacktestResult;
  /** Per bar, dollars. */
  readonly equity: Float64Array;
  readonly lookAhead: LookAhead;
}

/** Throws `usage.invalid` for parameters the strategy does not have. */
export function runBacktest(request: BacktestRequest): Backtest {
  const { tape, strategy, costBps = 20, cash = 10_000, lagBars = 0 } = request;
  const { passport } = tape;
  const params = checkParams(strategy, request.params);
  const { candles, unit } = tradedCandles(tape, request.unit);
  const config = configOf(request, costBps, cash);
  const { decided } = request;
  const replay = (lag: number): Replay =>
    replayStrategy(candles, strategy, params, { ...config, lagBars: lag, decided });
  const [plain, late] = [replay(lagBars), replay(lagBars + 1)];
  const lookAhead = lookAheadOf(candles, strategy, params, { ...config, lagBars }, plain);
  const metrics = runStatistics(candles, plain.simulation, plain.firstIndicatorBar);
  const gathered = gatherEvidence(
    { candles, strategy, params, config, plain: lagBars === 0 ? plain : replay(0) },
    request,
  );
  const prepared = strategy.prepare(candles, params);
  const problems = lagBars === 0 ? auditRun({ candles, prepared, config, replay: plain }) : null;
  const checks = [
    { name: "prefix invariance", outcome: lookAhead.verdict },
    { name: "future scramble", outcome: gathered.evidence.futureScramble },
    ...auditNames.map((name) => ({ name, outcome: auditOutcome(problems, name) })),
    { name: "universe", outcome: checkUniverse([passport.symbol], [passport]) },
    { name: "one-bar lag", outcome: "shown" as const },
    { name: "cost ladder", outcome: "shown" as const },
    { name: "no-edge worlds", outcome: shownUnless(gathered.evidence.noEdge) },
    { name: "Monte Carlo", outcome: shownUnless(gathered.evidence.monteCarlo) },
  ];
  const { commission, slippage, ...scalars } = config;
  const result: BacktestResult = {
    symbol: passport.symbol,
    strategy: strategy.id,
    source: passport.source,
    sha256: passport.sha256,
    closeOnly: passport.closeOnly,
    synthetic: passport.synthetic,
    first: passport.first,
    last: passport.last,
    bars: passport.bars,
    metrics,
    oneBarLag: runStatistics(candles, late.simulation, late.firstIndicatorBar),
    trades: tradeRows(plain.simulation.trades, candles, unit),
    lookAheadCheck: lookAhead.verdict,
    ...gathered,
    certificate: certify({
      tapeSha256: passport.sha256,
      code: codeOf(strategy),
      strategy: strategy.id,
      params,
      config: { ...scalars, commission, slippage, lagBars, unit },
      metrics,
      checks,
    }),
    ...(request.series === true ? { series: equitySeries(plain.simulation.equity, candles.t) } : {}),
    note: noteOf(tape, plain, config),
  };
  return { result, equity: plain.simulation.equity, lookAhead };
}

/** The prices a run trades at, per smallest tradable part: what strategies see. */
export function tradedCandles(
  { candles, passport }: Tape,
  unit = passport.symbol.includes("/") ? 1e-8 : 1,
): { readonly candles: Candles; readonly unit: number } {
  return { candles: scaleCandles(candles, unit), unit };
}

function codeOf({ codeSha256 }: Strategy): string {
  const engine = `e2b-swarm ${packageVersion()}`;
  return codeSha256 === undefined ? engine : `${engine}, strategy ${codeSha256}`;
}

/** What is looked at and cannot fail; null was not asked for. */
function shownUnless(found: object | null): CheckOutcome {
  return found === null ? "not-run" : "shown";
}

/** A run with a lag is not audited: its orders come later on purpose. */
function auditOutcome(problems: ReadonlyMap<AuditName, string> | null, name: AuditName): CheckOutcome {
  if (problems === null) return "not-run";
  return problems.has(name) ? "failed" : "passed";
}

function configOf({ engine }: BacktestRequest, costBps: number, cash: number): EngineConfig {
  const fixed = engine?.commission?.fixed ?? 0;
  const finalizeTrades = engine?.mode === "product";
  return { ...defaultConfig, finalizeTrades, ...engine, cash, commission: { fixed, relative: costBps / 10_000 } };
}

function lookAheadOf(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  config: ReplayConfig,
  full: Replay,
): LookAhead {
  // With a lag a one-bar peek is an ordinary look at the past: the strategy itself is judged without one.
  if (config.lagBars === 0) return checkLookAhead(candles, strategy, params, config, full);
  const own = { ...config, lagBars: 0 };
  return checkLookAhead(candles, strategy, params, own, replayStrategy(candles, strategy, params, own));
}

function tradeRows(trades: Trades, { t }: Candles, unit: number): BacktestResult["trades"] {
  return trades.size.map((size, row) => ({
    entryDate: isoDate(at(t, trades.entryBar[row] ?? NaN)),
    exitDate: isoDate(at(t, trades.exitBar[row] ?? NaN)),
    size: size * unit,
    entryPrice: (trades.entryPrice[row] ?? NaN) / unit,
    exitPrice: (trades.exitPrice[row] ?? NaN) / unit,
    profit: trades.profit[row] ?? NaN,
    fees: trades.fees[row] ?? NaN,
  }));
}
