// How far a result could have come out otherwise with the same returns: its periods drawn again in blocks, and its trades in
// another order. Deterministic for a seed. Nothing is drawn that the run did not see, so no band is a forecast.
import type { BacktestResult } from "../../contracts/operations/backtest.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { seededDraws } from "../../market/synthetic/normal-stream.ts";
import { blockLength } from "../../numerics/block-length.ts";
import { mean, sampleSd } from "../../numerics/moments.ts";
import { bandOf, pathOf } from "./bands.ts";
import { resample } from "./stationary-bootstrap.ts";
import { tradeOrder, type Closed } from "./trade-order.ts";

export interface MonteCarloRequest {
  readonly paths: number;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Mean length of a block, periods. Default: chosen from the returns (`blockLength`). */
  readonly blockPeriods?: number | undefined;
}

export interface Resampled extends Closed {
  /** Simple returns per period, in order. */
  readonly returns: Float64Array;
  readonly periodsPerYear: number;
}

export type MonteCarlo = NonNullable<BacktestResult["evidence"]["monteCarlo"]>;

/** Fewer periods have no blocks to speak of. */
const fewestPeriods = 30;
/** Values drawn in all, of periods and of trades: some seconds of work. */
const mostDraws = 100_000_000;
/** The two kinds of paths have streams of their own, so that one more trade does not change the blocks. */
const orderStream = 0x2545f491;

const note =
  "Drawn from the returns of this one replay, after its costs: the bands show no other market, no cost and no gap that the replay did not have, nothing of how the parameters were chosen, and no memory longer than a block; they are no forecast";

/** Throws `usage.invalid` for fewer than 30 periods, a block longer than the run, or more draws than the limit. */
export function monteCarlo(run: Resampled, { paths, seed = 1, blockPeriods }: MonteCarloRequest): MonteCarlo {
  const periods = run.returns.length;
  checkSize(periods, run.profits.length, paths, blockPeriods);
  const block = blockPeriods ?? blockLength(run.returns);
  return {
    paths,
    seed,
    bootstrap: {
      periods,
      blockPeriods: block,
      blockChosenBy: blockPeriods === undefined ? "returns" : "request",
      ...drawBlocks(run, block, paths, seed),
    },
    tradeOrder: tradeOrder(run, paths, (seed ^ orderStream) >>> 0),
    note,
  };
}

/** Paths as long as the run. A path without a Sharpe ratio leaves the band without one. */
function drawBlocks({ returns, periodsPerYear }: Resampled, block: number, paths: number, seed: number) {
  const { uniform } = seededDraws(seed);
  const drawn = new Float64Array(returns.length);
  const [totals, drawdowns, sharpes] = [new Float64Array(paths), new Float64Array(paths), new Float64Array(paths)];
  let losses = 0;
  for (let path = 0; path < paths; path += 1) {
    resample(returns, block, uniform, drawn);
    const { sharpe, returnPct, maxDrawdownPct } = figuresOf(drawn, periodsPerYear);
    totals[path] = returnPct;
    drawdowns[path] = maxDrawdownPct;
    sharpes[path] = sharpe ?? NaN;
    if (returnPct < 0) losses += 1;
  }
  return {
    observed: figuresOf(returns.slice(), periodsPerYear),
    returnPct: bandOf(totals),
    maxDrawdownPct: bandOf(drawdowns),
    sharpe: sharpes.some((value) => Number.isNaN(value)) ? null : bandOf(sharpes),
    lossProbability: losses / paths,
  };
}

/** `sharpe.arith` as in the figures of a run. Turns `returns` into growth factors. */
function figuresOf(returns: Float64Array, periodsPerYear: number) {
  const sharpe = (mean(returns) / sampleSd(returns)) * Math.sqrt(periodsPerYear);
  for (let k = 0; k < returns.length; k += 1) returns[k] = 1 + (returns[k] ?? NaN);
  return { ...pathOf(returns), sharpe: Number.isFinite(sharpe) ? sharpe : null };
}

function checkSize(periods: number, trades: number, paths: number, blockPeriods: number | undefined): void {
  const refused = (problem: string, hint: string): SwarmError =>
    new SwarmError("usage.invalid", `Cannot draw paths: ${problem}`, { hint });
  if (periods < fewestPeriods) {
    throw refused(`the run has ${periods} periods, and ${fewestPeriods} are the fewest`, "Choose a longer range");
  }
  if (blockPeriods !== undefined && blockPeriods > periods) {
    throw refused(
      `a block of ${blockPeriods} periods is longer than the run of ${periods}`,
      `Give blocks of at most ${periods} periods, or none to have their length chosen`,
    );
  }
  const most = Math.floor(mostDraws / (periods + trades));
  if (paths > most) {
    throw refused(
      `${paths} paths of ${periods} periods and ${trades} trades are more than ${mostDraws} draws`,
      `Give at most ${most} paths`,
    );
  }
}
