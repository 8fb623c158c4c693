// How good probabilities were, once the outcomes are known.
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface Score {
  /** Mean of (p - y)²: 0 is perfect, 0.25 is a coin. */
  readonly brier: number;
  /** Mean of -ln of the probability given to what happened; Infinity after a certain miss. */
  readonly logLoss: number;
}

/** `outcomes` are 1 or 0. Throws `usage.invalid` for unequal lengths or nothing to score. */
export function scoreForecasts(forecasts: readonly number[], outcomes: readonly number[]): Score {
  if (forecasts.length === 0 || forecasts.length !== outcomes.length) {
    const counts = `${forecasts.length} forecasts with ${outcomes.length} outcomes`;
    throw new SwarmError("usage.invalid", `Cannot score ${counts}`, { hint: "Give one outcome per forecast" });
  }
  let [brier, loss] = [0, 0];
  for (const [i, p] of forecasts.entries()) {
    const happened = outcomes[i] === 1;
    brier += (p - (happened ? 1 : 0)) ** 2;
    loss -= Math.log(happened ? p : 1 - p);
  }
  return { brier: brier / forecasts.length, logLoss: loss / forecasts.length };
}
