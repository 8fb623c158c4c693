// Every combination of the given parameter values. All trials are kept: the number tried belongs beside the best of them.
import type { Candles } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { at } from "../../market/indicators/blank.ts";
import { checkParams } from "../../strategies/check-params.ts";
import type { Params, Strategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import { replayStrategy } from "../replay-strategy.ts";
import { drawdownOf } from "../statistics/drawdowns.ts";
import { periodReturns } from "../statistics/periods.ts";
import { sharpePerPeriod } from "./sharpe-evidence.ts";

export type Grid = Readonly<Record<string, readonly number[]>>;

const mostTrials = 2_000;

export interface Trial {
  readonly params: Params;
  readonly returnPct: number;
  readonly maxDrawdownPct: number;
  readonly trades: number;
  /** Per period, not annualised; null when equity does not move. */
  readonly sharpe: number | null;
  readonly returns: Float64Array;
}

/** Combinations that break the strategy's own order (fast before slow) are left out. Throws `usage.invalid`. */
export function combinations(strategy: Strategy, grid: Grid, fixed: Params = {}): readonly Params[] {
  const names = Object.keys(grid);
  const count = names.reduce((product, name) => product * (grid[name]?.length ?? 0), 1);
  if (count === 0 || count > mostTrials) {
    throw new SwarmError("usage.invalid", `Cannot search ${count} combinations: 1 to ${mostTrials} are tried`, {
      hint: "Give fewer values per parameter",
    });
  }
  const all = names.reduce<readonly Params[]>(
    (rows, name) => rows.flatMap((row) => (grid[name] ?? []).map((value) => ({ ...row, [name]: value }))),
    [fixed],
  );
  const kept = all.filter((params) => isOrdered(strategy, params)).map((params) => checkParams(strategy, params));
  if (kept.length > 0) return kept;
  throw new SwarmError("usage.invalid", `Cannot search ${strategy.id}: no combination keeps its rules`, {
    hint: `${strategy.ordered?.[0] ?? "The first"} must be smaller than ${strategy.ordered?.[1] ?? "the second"}`,
  });
}

function isOrdered({ ordered, params: rules }: Strategy, params: Params): boolean {
  if (ordered === undefined) return true;
  const [less, more] = ordered.map((name) => params[name] ?? rules[name]?.default ?? NaN);
  return (less ?? NaN) < (more ?? NaN);
}

export function tryAll(
  candles: Candles,
  strategy: Strategy,
  trials: readonly Params[],
  config: EngineConfig,
): readonly Trial[] {
  return trials.map((params) => {
    const { simulation } = replayStrategy(candles, strategy, params, config);
    const { equity, trades } = simulation;
    const returns = periodReturns(equity, candles.t);
    return {
      params,
      returnPct: 100 * (at(equity, equity.length - 1) / config.cash - 1),
      maxDrawdownPct: -100 * drawdownOf(equity),
      trades: trades.size.length,
      sharpe: sharpePerPeriod(returns),
      returns,
    };
  });
}

/** The trial with the highest Sharpe ratio; the first of equals. */
export function bestTrial(trials: readonly Trial[]): Trial | undefined {
  return trials.reduce<Trial | undefined>((best, trial) => {
    return best === undefined || (trial.sharpe ?? -Infinity) > (best.sharpe ?? -Infinity) ? trial : best;
  }, undefined);
}
