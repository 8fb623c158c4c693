// The short way through the engine for strategies that only buy, sell and close at the market with one position at a time, in
// reference mode. Account, sizes and settlement are the engine's own; only the queue is left out, because at most one decision
// waits. Anything it does not know makes it stop and say so, and the engine runs instead. Both must agree bit by bit.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import { signalCodes, type PreparedStrategy, type Side } from "../strategies/strategy.ts";
import { enter, leave, openAccount, type Account } from "./account.ts";
import type { EngineConfig, Simulation } from "./engine-config.ts";
import { closeAll, settle } from "./settle.ts";
import { affordable, entryPriceOf, unitCostOf, unitsOf } from "./size-order.ts";

export interface PlainRun {
  readonly candles: Candles;
  readonly prepared: PreparedStrategy;
  readonly config: EngineConfig;
  /** First bar that is processed. */
  readonly first: number;
  readonly lagBars: number;
  /** Filled with the code of each bar's decision. */
  readonly signals: Uint8Array;
}

export function isPlain({ mode, tradeOnClose }: EngineConfig): boolean {
  return mode === "reference" && !tradeOnClose;
}

/** null when a decision has terms, or would hold two trades at once: `signals` is then to be thrown away. */
export function replayPlain({ candles, prepared, config, first, lagBars, signals }: PlainRun): Simulation | null {
  const { close, open } = candles;
  const account = openAccount(config);
  const equity = new Float64Array(close.length);
  let [waiting, units, entryPrice] = [0, 0, 0];
  let bustBar = -1;
  const { codes } = prepared;
  for (let bar = first; bar < close.length; bar += 1) {
    if (codes !== undefined && waiting === 0) {
      // Bars without a decision are only marked.
      const { cash } = account;
      for (; bar < close.length && (codes[bar - lagBars] ?? 0) === 0; bar += 1) {
        const value = cash + units * ((close[bar] ?? NaN) - entryPrice);
        if (value <= 0) break;
        equity[bar] = value;
      }
      if (bar === close.length) break;
    }
    const mark = at(close, bar);
    if (waiting !== 0) {
      if (!fill(account, waiting, at(open, bar), mark, bar)) return null;
      const trade = account.open[0];
      units = trade?.units ?? 0;
      entryPrice = trade?.entryPrice ?? 0;
      waiting = 0;
    }
    const value = account.cash + units * (mark - entryPrice);
    if (value <= 0) {
      closeAll(account, mark, bar);
      account.cash = 0;
      bustBar = bar;
      break;
    }
    equity[bar] = value;
    if (codes !== undefined) waiting = codes[bar - lagBars] ?? 0;
    else {
      const decision = prepared.decide(bar - lagBars, sideOf(units));
      if (typeof decision !== "string") return null;
      waiting = signalCodes[decision];
    }
    signals[bar] = waiting;
  }
  return settle({ account, candles, equity, firstDecisionBar: first, bustBar });
}

function sideOf(units: number): Side {
  if (units === 0) return 0;
  return units > 0 ? 1 : -1;
}

/** False when there would be two trades. */
function fill(account: Account, waiting: number, price: number, mark: number, bar: number): boolean {
  const trade = account.open[0];
  if (trade !== undefined) {
    if (waiting !== 3 && !account.config.exclusiveOrders) return false;
    leave(account, trade, price, bar);
  }
  if (waiting === 3) return true;
  const size = waiting === 1 ? account.config.size : -account.config.size;
  const entryPrice = entryPriceOf(account, size, price);
  const unit = unitCostOf(account, size, price, entryPrice);
  const units = unitsOf(account, size, unit, mark, 0);
  if (units !== 0 && affordable(account, units, unit, mark)) enter(account, units, entryPrice, bar);
  return true;
}
