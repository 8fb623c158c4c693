// One stretch of bars and one agent: it is shown every bar before, because means that feed on themselves start at the first
// one, and its own bars piece by piece as it decides them. What it tells is compared before it counts.
import type { Candles } from "../../contracts/candles.ts";
import { maxPartBars } from "../../contracts/frame-limits.ts";
import type { DecidedPart, Part } from "../../contracts/part-frames.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { otherwiseDecided } from "../../backtest/split/confirm-part.ts";
import { sliceCandles } from "../../market/cut-tape.ts";
import type { Stretch } from "../../strategies/decide-part.ts";
import type { Params, PreparedStrategy } from "../../strategies/strategy.ts";
import type { Worker } from "./crew.ts";

/** How long an agent may think about one piece of at most 1,000 bars, ms. */
export const pieceWithinMs = 60_000;

export interface PartQuestion {
  readonly candles: Candles;
  readonly strategy: string;
  /** Of a user's strategy: what the agent is taught first. */
  readonly code?: string | undefined;
  readonly params: Params;
  /** The strategy's own decisions, to compare with. */
  readonly own: PreparedStrategy;
  readonly nextTaskId: () => string;
  /** Default `pieceWithinMs`. */
  readonly withinMs?: number;
}

/** The decided pieces of a stretch, in order. Throws what asking throws, and `agent.frame` for a decision that differs. */
export async function askPart(
  worker: Worker,
  stretch: Stretch,
  question: PartQuestion,
): Promise<readonly DecidedPart[]> {
  const { candles, strategy, code, params, own, nextTaskId, withinMs = pieceWithinMs } = question;
  const pieces: DecidedPart[] = [];
  if (code !== undefined) await worker.teach({ kind: "strategy", name: strategy, code });
  await showBars(worker, [candles], 0, stretch.from);
  for (let from = stretch.from; from < stretch.to; from += maxPartBars) {
    const to = Math.min(stretch.to, from + maxPartBars);
    await showBars(worker, [candles], from, to);
    const part: Part = { kind: "part", taskId: nextTaskId(), strategy, params: { ...params }, tapes: 1, from, to };
    const decided = await worker.decide(part, { timeoutMs: withinMs });
    const bar = otherwiseDecided(own, decided);
    if (bar >= 0) throw otherwise(worker.agentId, bar);
    pieces.push(decided);
  }
  return pieces;
}

/** Shows bars [from, to) of each tape; from 0 they begin anew. */
export async function showBars(worker: Worker, series: readonly Candles[], from: number, to: number): Promise<void> {
  for (const [tape, candles] of series.entries()) {
    for (let at = from; at < to; at += maxPartBars) {
      const { t, open, high, low, close, volume } = sliceCandles(candles, at, Math.min(to, at + maxPartBars));
      await worker.show({
        kind: "bars",
        tape,
        from: at,
        t: [...t],
        open: [...open],
        high: [...high],
        low: [...low],
        close: [...close],
        volume: [...volume],
      });
    }
  }
}

export function otherwise(agentId: string, bar: number): SwarmError {
  return new SwarmError("agent.frame", `Agent ${agentId} decides bar ${bar} otherwise than the strategy does here`, {
    hint: "Look at lookAheadCheck of a run without --agents: agents are shown no later bar",
    details: { agentId, bar },
  });
}
