// One strategy on one tape, with the evidence that belongs beside its figures: the look-ahead check and the same run with
// every order one bar later. A result describes a replay; it says nothing about what the strategy will earn.
import type { Candles, Tape } from "../contracts/candles.ts";
import type { BacktestOutput } from "../contracts/operations/swarm.ts";
import { at } from "../market/indicators/blank.ts";
import { isoDate } from "../market/iso-date.ts";
import { checkParams } from "../strategies/check-params.ts";
import type { Params, Strategy } from "../strategies/strategy.ts";
import { checkLookAhead, type LookAhead } from "./check-look-ahead.ts";
import { defaultConfig, type EngineConfig, type Trades } from "./engine-config.ts";
import { replayStrategy, type Replay } from "./replay-strategy.ts";
import { scaleCandles } from "./scale-candles.ts";
import { runStatistics } from "./statistics/run-statistics.ts";

export interface BacktestRequest {
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
}

export interface Backtest {
  /** One row of the backtest operation's output. */
  readonly result: BacktestOutput["results"][number];
  /** Per bar, dollars. */
  readonly equity: Float64Array;
  readonly lookAhead: LookAhead;
}

/** Throws `usage.invalid` for parameters the strategy does not have. */
export function runBacktest(request: BacktestRequest): Backtest {
  const { tape, strategy, costBps = 20, cash = 10_000, lagBars = 0 } = request;
  const params = checkParams(strategy, request.params);
  const unit = request.unit ?? (tape.passport.symbol.includes("/") ? 1e-8 : 1);
  const candles = scaleCandles(tape.candles, unit);
  const config = { ...defaultConfig, cash, commission: { fixed: 0, relative: costBps / 10_000 } };
  const replay = (lag: number): Replay => replayStrategy(candles, strategy, params, { ...config, lagBars: lag });
  const [plain, late] = [replay(lagBars), replay(lagBars + 1)];
  const lookAhead = lookAheadOf(candles, strategy, params, { ...config, lagBars }, plain);
  const { passport } = tape;
  const result = {
    symbol: passport.symbol,
    strategy: strategy.id,
    source: passport.source,
    sha256: passport.sha256,
    closeOnly: passport.closeOnly,
    synthetic: passport.synthetic,
    first: passport.first,
    last: passport.last,
    bars: passport.bars,
    metrics: runStatistics(candles, plain.simulation, plain.firstIndicatorBar),
    oneBarLag: runStatistics(candles, late.simulation, late.firstIndicatorBar),
    trades: tradeRows(plain.simulation.trades, candles, unit),
    lookAheadCheck: lookAhead.verdict,
    note: noteOf(tape, plain, costBps),
  };
  return { result, equity: plain.simulation.equity, lookAhead };
}

function lookAheadOf(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  config: EngineConfig & { readonly lagBars: number },
  full: Replay,
): LookAhead {
  // With a lag a one-bar peek is an ordinary look at the past: the strategy itself is judged without one.
  if (config.lagBars === 0) return checkLookAhead(candles, strategy, params, config, full);
  const own = { ...config, lagBars: 0 };
  return checkLookAhead(candles, strategy, params, own, replayStrategy(candles, strategy, params, own));
}

function tradeRows(trades: Trades, { t }: Candles, unit: number): Backtest["result"]["trades"] {
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

function noteOf({ passport, candles }: Tape, { simulation, firstIndicatorBar }: Replay, costBps: number): string {
  const fills = passport.closeOnly
    ? "close-only series: orders fill at the next close"
    : "orders fill at the next open";
  const trades = simulation.trades.size.length;
  const parts = [
    `In this replay, ${passport.first} to ${passport.last}, after ${costBps} basis points per side`,
    `${fills}, price and fee kept apart`,
    `${trades} closed and ${simulation.open.length} open trades`,
    "no interest, borrow cost or slippage",
  ];
  if (passport.symbol.startsWith("^")) parts.push("an index: not tradable, without dividends");
  if (firstIndicatorBar + 1 >= candles.close.length)
    parts.push("too few bars for the indicators: no decision was taken");
  return `${parts.join("; ")}. A replay of the past is no forecast.`;
}
