// A strategy's signals on the engine. With a lag the signal of an earlier bar is applied on this one, so every order comes
// that many bars later.
import type { Candles } from "../contracts/candles.ts";
import type { Params, Side, Signal, Strategy } from "../strategies/strategy.ts";
import type { Desk, EngineConfig, Simulation } from "./engine-config.ts";
import { simulate } from "./simulate.ts";

export interface Replay {
  readonly simulation: Simulation;
  readonly firstIndicatorBar: number;
  /** Code of the signal applied on each bar; 0 = none. */
  readonly signals: Uint8Array;
}

const codes = { none: 0, buy: 1, sell: 2, close: 3 } as const satisfies Record<Signal, number>;

/** `lagBars` 0 is the plain run. `exclusiveOrders` is the strategy's own. */
export function replayStrategy(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  { lagBars = 0, ...config }: EngineConfig & { readonly lagBars?: number },
): Replay {
  const prepared = strategy.prepare(candles, params);
  const signals = new Uint8Array(candles.close.length);
  const own = { ...config, exclusiveOrders: strategy.exclusiveOrders };
  const first = prepared.firstIndicatorBar + 1 + lagBars;
  const simulation = simulate(candles, first, own, (bar, desk) => {
    const signal = prepared.decide(bar - lagBars, sideOf(desk.position()));
    if (signal === "none") return;
    signals[bar] = codes[signal];
    apply(signal, desk);
  });
  return { simulation, firstIndicatorBar: prepared.firstIndicatorBar, signals };
}

function sideOf(units: number): Side {
  if (units === 0) return 0;
  return units > 0 ? 1 : -1;
}

function apply(signal: Exclude<Signal, "none">, desk: Desk): void {
  switch (signal) {
    case "buy":
      return desk.buy();
    case "sell":
      return desk.sell();
    case "close":
      return desk.close();
  }
}
