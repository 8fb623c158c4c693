// The future replaced by noise: whatever was decided, traded and held up to a bar may not change when every later bar does.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import { seededDraws } from "../../market/synthetic/normal-stream.ts";
import type { Params, Strategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import { replayStrategy, type Replay } from "../replay-strategy.ts";

const cuts = 6;
const noise = 0.05;
const seed = 20_141_031;

export type Scramble =
  | { readonly verdict: "passed"; readonly cuts: number }
  | { readonly verdict: "failed"; readonly cuts: number; readonly bar: number };

/** `full` is the replay of the true candles with the same strategy, parameters and configuration. */
export function futureScramble(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  config: EngineConfig,
  full: Replay,
): Scramble {
  const bars = candles.close.length;
  const first = full.firstIndicatorBar + 1;
  let done = 0;
  for (let step = 1; step <= cuts; step += 1) {
    const cut = first + Math.floor(((bars - 1 - first) * step) / (cuts + 1));
    if (cut < first || cut >= bars - 1) continue;
    const other = replayStrategy(scrambledAfter(candles, cut, seed + step), strategy, params, config);
    const bar = firstDifference(full, other, cut);
    done += 1;
    if (bar >= 0) return { verdict: "failed", cuts: done, bar };
  }
  return { verdict: "passed", cuts: done };
}

/** The first bar up to the cut on which decisions or equity differ; -1 when there is none. */
function firstDifference(a: Replay, b: Replay, cut: number): number {
  for (let bar = 0; bar <= cut; bar += 1) {
    if (a.signals[bar] !== b.signals[bar]) return bar;
    if (!Object.is(at(a.simulation.equity, bar), at(b.simulation.equity, bar))) return bar;
  }
  return -1;
}

/** Bars up to `cut` as they are, later ones a seeded walk from there. */
export function scrambledAfter(candles: Candles, cut: number, seed: number): Candles {
  const draws = seededDraws(seed);
  const copy = {
    t: candles.t,
    open: candles.open.slice(),
    high: candles.high.slice(),
    low: candles.low.slice(),
    close: candles.close.slice(),
    volume: candles.volume.slice(),
  };
  for (let bar = cut + 1; bar < copy.close.length; bar += 1) {
    const before = at(copy.close, bar - 1);
    const open = before * Math.exp(noise * draws.normal());
    const close = open * Math.exp(noise * draws.normal());
    copy.open[bar] = open;
    copy.close[bar] = close;
    copy.high[bar] = Math.max(open, close) * (1 + noise * draws.uniform());
    copy.low[bar] = Math.min(open, close) * (1 - noise * draws.uniform());
    copy.volume[bar] = at(candles.volume, bar) * draws.uniform() * 2;
  }
  return copy;
}
