// A strategy's decisions on the engine. With a lag the decision of an earlier bar is applied on this one, so every order comes
// that many bars later.
import type { Candles } from "../contracts/candles.ts";
import {
  signalCodes,
  type Decision,
  type Params,
  type PreparedStrategy,
  type Side,
  type Strategy,
} from "../strategies/strategy.ts";
import type { Desk, EngineConfig, Simulation } from "./engine-config.ts";
import { isPlain, replayPlain } from "./replay-plain.ts";
import { simulate } from "./simulate.ts";

export interface Replay {
  readonly simulation: Simulation;
  readonly firstIndicatorBar: number;
  /** Code of the decision applied on each bar; 0 = none. */
  readonly signals: Uint8Array;
}

const intentCodes = { buy: 4, sell: 5 } as const;

export interface ReplayConfig extends EngineConfig {
  /** 0 is the plain run. */
  readonly lagBars?: number;
  /** No decision before this bar; indicators may use the bars before it. Default 0. */
  readonly startBar?: number;
  /** Take the way through the queue of orders even where the short one gives the same. Default false. */
  readonly queued?: boolean;
  /** Decisions that were made elsewhere, for all bars and sides. Default: the strategy's own, made here. */
  readonly decided?: PreparedStrategy | undefined;
}

/** `exclusiveOrders` is the strategy's own. */
export function replayStrategy(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  { lagBars = 0, startBar = 0, queued, decided, ...config }: ReplayConfig,
): Replay {
  const prepared = decided ?? strategy.prepare(candles, params);
  const own = { ...config, exclusiveOrders: strategy.exclusiveOrders };
  const first = Math.max(prepared.firstIndicatorBar + 1, startBar) + lagBars;
  const { firstIndicatorBar } = prepared;
  const signals = new Uint8Array(candles.close.length);
  if (isPlain(own) && queued !== true) {
    const plain = replayPlain({ candles, prepared, config: own, first, lagBars, signals });
    if (plain !== null) return { simulation: plain, firstIndicatorBar, signals };
    signals.fill(0);
  }
  const simulation = simulate(candles, first, own, (bar, desk) => {
    const decision = prepared.decide(bar - lagBars, sideOf(desk.position()));
    if (decision === "none") return;
    signals[bar] = typeof decision === "string" ? signalCodes[decision] : intentCodes[decision.side];
    apply(decision, desk);
  });
  return { simulation, firstIndicatorBar, signals };
}

function sideOf(units: number): Side {
  if (units === 0) return 0;
  return units > 0 ? 1 : -1;
}

function apply(decision: Exclude<Decision, "none">, desk: Desk): void {
  if (typeof decision !== "string") {
    if (decision.closeFirst === true) desk.close();
    return decision.side === "buy" ? desk.buy(decision) : desk.sell(decision);
  }
  switch (decision) {
    case "buy":
      return desk.buy();
    case "sell":
      return desk.sell();
    case "close":
      return desk.close();
  }
}
