// What stands beside a headline number. Cheap checks run always; grids, walk-forward, no-edge worlds and Monte Carlo when asked
// for, and what was not run is null.
import type { Candles } from "../../contracts/candles.ts";
import type { BacktestResult } from "../../contracts/operations/backtest.ts";
import { at } from "../../market/indicators/blank.ts";
import type { Params, Strategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import type { Replay } from "../replay-strategy.ts";
import { periodReturns, periodsPerYear } from "../statistics/periods.ts";
import { costLadder } from "./cost-ladder.ts";
import { futureScramble } from "./future-scramble.ts";
import { combinations, tryAll, type Grid, type Trial } from "./grid-search.ts";
import { monteCarlo, type MonteCarloRequest } from "./monte-carlo.ts";
import { noEdgeWorlds } from "./no-edge-worlds.ts";
import { overfitting } from "./overfitting.ts";
import { deflatedSharpe, probabilisticSharpe, sharpePerPeriod } from "./sharpe-evidence.ts";
import { walkForward, type Windows } from "./walk-forward.ts";

export interface EvidenceRequest {
  readonly grid?: Grid | undefined;
  readonly walkForward?: Windows | undefined;
  readonly luck?: boolean | undefined;
  readonly monteCarlo?: MonteCarloRequest | undefined;
}

export interface Subject {
  readonly candles: Candles;
  readonly strategy: Strategy;
  readonly params: Params;
  readonly config: EngineConfig;
  /** The run without a lag. */
  readonly plain: Replay;
}

/** Seed of the no-edge worlds: the same worlds for everyone. */
const seed = 1_900;

export function gatherEvidence(
  subject: Subject,
  request: EvidenceRequest,
): Pick<BacktestResult, "evidence" | "grid" | "walkForward"> {
  const { candles, strategy, params, config, plain } = subject;
  const { equity, trades: closed } = plain.simulation;
  const returns = periodReturns(equity, candles.t);
  const { rungs, breakEvenBps } = costLadder(candles, strategy, params, config);
  const choices = request.grid === undefined ? [params] : combinations(strategy, request.grid, params);
  const trials = request.grid === undefined ? [] : tryAll(candles, strategy, choices, config);
  const realFinal = at(equity, equity.length - 1);
  const ratios = [sharpePerPeriod(returns) ?? 0, ...trials.map(({ sharpe }) => sharpe ?? 0)];
  return {
    evidence: {
      costLadder: [...rungs],
      breakEvenBps,
      futureScramble: futureScramble(candles, strategy, params, config, plain).verdict,
      probabilisticSharpe: probabilisticSharpe(returns),
      deflatedSharpe: deflatedSharpe(returns, ratios),
      trials: ratios.length,
      overfitting: overfitting(trials.map((trial) => trial.returns)),
      noEdge: request.luck === true ? noEdgeWorlds(candles, strategy, params, config, { realFinal, seed }) : null,
      monteCarlo:
        request.monteCarlo === undefined
          ? null
          : monteCarlo(
              {
                returns,
                periodsPerYear: periodsPerYear(candles.t),
                profits: closed.profit,
                cash: config.cash,
                sizedBy: config.size < 1 ? "balance" : "amount",
              },
              request.monteCarlo,
            ),
    },
    ...(request.grid === undefined ? {} : { grid: trials.map((trial) => gridRow(trial)) }),
    ...(request.walkForward === undefined ? {} : { walkForward: walked(subject, choices, request.walkForward) }),
  };
}

function gridRow({
  params,
  returnPct,
  maxDrawdownPct,
  trades,
  sharpe,
}: Trial): NonNullable<BacktestResult["grid"]>[number] {
  return { params: { ...params }, returnPct, maxDrawdownPct, trades, sharpe };
}

function walked({ candles, strategy, config }: Subject, choices: readonly Params[], windows: Windows) {
  const { folds, ...totals } = walkForward(candles, strategy, choices, config, windows);
  return { ...totals, folds: folds.map((fold) => ({ ...fold, params: { ...fold.params } })) };
}
