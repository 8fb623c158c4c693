// The strategy where there is nothing to find: prices without drift, and the real returns in shuffled blocks. Where the real
// result stands among those says how much of it luck could have done.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import { seededDraws, type Draws } from "../../market/synthetic/normal-stream.ts";
import { populationSd } from "../../numerics/moments.ts";
import type { Params, Strategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import { replayStrategy } from "../replay-strategy.ts";
import { logReturns } from "../statistics/periods.ts";

const worlds = 100;
const blockBars = 20;

export interface NoEdge {
  readonly worlds: number;
  /** Share of worlds with a result below the real one, percent. */
  readonly driftlessPercentile: number;
  readonly shuffledPercentile: number;
}

/** `realFinal` is the final equity of the real run. Deterministic for a seed. */
export function noEdgeWorlds(
  candles: Candles,
  strategy: Strategy,
  params: Params,
  config: EngineConfig,
  { realFinal, seed }: { readonly realFinal: number; readonly seed: number },
): NoEdge {
  const draws = seededDraws(seed);
  const returns = logReturns(candles.close);
  const volatility = populationSd(returns);
  const finalOn = (steps: Float64Array): number => {
    const { equity } = replayStrategy(along(candles, steps), strategy, params, config).simulation;
    return at(equity, equity.length - 1);
  };
  let [driftless, shuffled] = [0, 0];
  for (let world = 0; world < worlds; world += 1) {
    const walk = returns.map(() => volatility * draws.normal() - volatility ** 2 / 2);
    if (finalOn(walk) < realFinal) driftless += 1;
    if (finalOn(shuffledBlocks(returns, draws)) < realFinal) shuffled += 1;
  }
  return {
    worlds,
    driftlessPercentile: (100 * driftless) / worlds,
    shuffledPercentile: (100 * shuffled) / worlds,
  };
}

/** Bars of the same shape on another path of closes: open, high and low keep their distance to the close before. */
function along(candles: Candles, steps: Float64Array): Candles {
  const { t, volume } = candles;
  const [open, high, low, close] = [candles.open, candles.high, candles.low, candles.close].map((column) =>
    column.slice(),
  );
  if (open === undefined || high === undefined || low === undefined || close === undefined) return candles;
  for (let bar = 1; bar < close.length; bar += 1) {
    const before = at(close, bar - 1);
    const next = before * Math.exp(at(steps, bar - 1));
    const opened = before * (at(candles.open, bar) / at(candles.close, bar - 1));
    const reach = at(candles.high, bar) / Math.max(at(candles.open, bar), at(candles.close, bar));
    const depth = at(candles.low, bar) / Math.min(at(candles.open, bar), at(candles.close, bar));
    open[bar] = opened;
    close[bar] = next;
    high[bar] = Math.max(opened, next) * reach;
    low[bar] = Math.min(opened, next) * depth;
  }
  return { t, open, high, low, close, volume };
}

function shuffledBlocks(returns: Float64Array, draws: Draws): Float64Array {
  const starts = Array.from({ length: Math.ceil(returns.length / blockBars) }, (_, block) => block * blockBars);
  for (let i = starts.length - 1; i > 0; i -= 1) {
    const j = Math.floor(draws.uniform() * (i + 1));
    const [a, b] = [starts[i] ?? 0, starts[j] ?? 0];
    starts[i] = b;
    starts[j] = a;
  }
  return Float64Array.from(starts.flatMap((start) => Array.from(returns.subarray(start, start + blockBars))));
}
