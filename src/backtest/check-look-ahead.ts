// Prefix invariance: a run on bars 0…k must decide, trade and stand exactly as the full run did up to k. A strategy that reads
// a later bar cannot. Cuts are put on bars that carried a signal, where a peek shows, and evenly over the rest.
import type { Candles } from "../contracts/candles.ts";
import { sliceCandles } from "../market/cut-tape.ts";
import { sameDecision, sides, type Params, type PreparedStrategy, type Strategy } from "../strategies/strategy.ts";
import type { EngineConfig } from "./engine-config.ts";
import { replayStrategy, type Replay } from "./replay-strategy.ts";

const signalCuts = 24;
const evenCuts = 8;
/** Bars before each cut on which the decision is asked for all sides. */
const probedBars = 64;

export type LookAhead =
  | { readonly verdict: "passed"; readonly cuts: number }
  | {
      readonly verdict: "failed";
      readonly cuts: number;
      readonly bar: number;
      readonly what: "signal" | "decision" | "equity";
    };

/** `full` is the replay of all candles with the same strategy, parameters and configuration. */
export function checkLookAhead(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  config: EngineConfig,
  full: Replay,
): LookAhead {
  const cuts = cutsOf(full.signals);
  const whole = strategy.prepare(candles, params);
  for (const cut of cuts) {
    const prefix = sliceCandles(candles, 0, cut + 1);
    const decision = probe(whole, strategy.prepare(prefix, params), cut);
    if (decision >= 0) return { verdict: "failed", cuts: cuts.length, bar: decision, what: "decision" };
    const part = replayStrategy(prefix, strategy, params, config);
    const signal = part.signals.findIndex((code, bar) => code !== full.signals[bar]);
    if (signal >= 0) return { verdict: "failed", cuts: cuts.length, bar: signal, what: "signal" };
    if (cut < full.simulation.firstDecisionBar || config.finalizeTrades) continue;
    const equity = part.simulation.equity.findIndex((value, bar) => value !== full.simulation.equity[bar]);
    if (equity >= 0) return { verdict: "failed", cuts: cuts.length, bar: equity, what: "equity" };
  }
  return { verdict: "passed", cuts: cuts.length };
}

/** The first of the bars before the cut on which the two decide differently; -1 when there is none. */
function probe(whole: PreparedStrategy, part: PreparedStrategy, cut: number): number {
  for (let bar = Math.max(whole.firstIndicatorBar + 1, cut - probedBars + 1); bar <= cut; bar += 1) {
    if (sides.some((side) => !sameDecision(whole.decide(bar, side), part.decide(bar, side)))) return bar;
  }
  return -1;
}

/** Bars after which the tape is cut, ascending and distinct. */
function cutsOf(signals: Uint8Array): readonly number[] {
  const signalled: number[] = [];
  for (let bar = 0; bar < signals.length; bar += 1) if (signals[bar] !== 0) signalled.push(bar);
  const chosen = [...spread(signalled.length, signalCuts)].map((place) => signalled[place] ?? 0);
  const cuts = new Set([...chosen, ...spread(signals.length, evenCuts)]);
  return [...cuts].sort((a, b) => a - b);
}

/** At most `count` whole numbers from 0 to length-1, evenly spread, ends included. */
function spread(length: number, count: number): ReadonlySet<number> {
  const steps = Math.min(length, count);
  const gap = steps > 1 ? (length - 1) / (steps - 1) : 0;
  return new Set(Array.from({ length: steps }, (_, step) => Math.round(step * gap)));
}
