// Parameters chosen on past windows only, and judged on the bars that follow. What is printed is never what was chosen from.
import type { Candles } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { sliceCandles } from "../../market/cut-tape.ts";
import { at } from "../../market/indicators/blank.ts";
import { isoDate } from "../../market/iso-date.ts";
import type { Params, Strategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import { replayStrategy } from "../replay-strategy.ts";
import { bestTrial, tryAll } from "./grid-search.ts";

const mostFolds = 200;

export interface Windows {
  readonly trainBars: number;
  readonly testBars: number;
}

export interface Fold {
  readonly trainFirst: string;
  readonly trainLast: string;
  readonly testFirst: string;
  readonly testLast: string;
  readonly params: Params;
  readonly trainReturnPct: number;
  readonly testReturnPct: number;
}

export interface WalkForward {
  readonly folds: readonly Fold[];
  /** The test windows one after the other. */
  readonly returnPct: number;
  /** Mean test return over mean train return, both per bar; null when the train return is not above zero. */
  readonly efficiency: number | null;
}

/** Throws `usage.invalid` when the tape is shorter than one train and one test window. */
export function walkForward(
  candles: Candles,
  strategy: Strategy,
  trials: readonly Params[],
  config: EngineConfig,
  { trainBars, testBars }: Windows,
): WalkForward {
  const bars = candles.close.length;
  const folds: Fold[] = [];
  let growth = 1;
  for (let from = 0; from + trainBars + testBars <= bars && folds.length < mostFolds; from += testBars) {
    const train = sliceCandles(candles, from, from + trainBars);
    const best = bestTrial(tryAll(train, strategy, trials, config));
    if (best === undefined) break;
    const whole = sliceCandles(candles, from, from + trainBars + testBars);
    const test = replayStrategy(whole, strategy, best.params, { ...config, startBar: trainBars });
    const { equity } = test.simulation;
    const gained = at(equity, equity.length - 1) / config.cash;
    growth *= gained;
    const day = (bar: number): string => isoDate(at(candles.t, bar));
    folds.push({
      trainFirst: day(from),
      trainLast: day(from + trainBars - 1),
      testFirst: day(from + trainBars),
      testLast: day(from + trainBars + testBars - 1),
      params: best.params,
      trainReturnPct: best.returnPct,
      testReturnPct: 100 * (gained - 1),
    });
  }
  if (folds.length === 0) {
    const wanted = `${trainBars} bars to choose on and ${testBars} to judge on`;
    throw new SwarmError(
      "usage.invalid",
      `Cannot walk forward: the series has ${bars} bars, and one step needs ${wanted}`,
      {
        hint: "Choose a longer range or shorter windows",
      },
    );
  }
  return { folds, returnPct: 100 * (growth - 1), efficiency: efficiencyOf(folds, { trainBars, testBars }) };
}

function efficiencyOf(folds: readonly Fold[], { trainBars, testBars }: Windows): number | null {
  const train = folds.reduce((sum, fold) => sum + fold.trainReturnPct, 0) / trainBars;
  const test = folds.reduce((sum, fold) => sum + fold.testReturnPct, 0) / testBars;
  return train > 0 ? test / train : null;
}
