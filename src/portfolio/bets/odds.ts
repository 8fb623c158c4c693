// Prices of bets in the forms bookmakers quote them.
import { SwarmError } from "../../contracts/swarm-error.ts";

/** +150 pays 150 for 100, -110 needs 110 to win 100. Throws `usage.invalid` between -100 and 100. */
export function decimalFromAmerican(american: number): number {
  if (!(Math.abs(american) >= 100)) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot read American odds of ${american}: they are at most -100 or at least 100`,
      {
        hint: "Give decimal odds as decimal odds",
      },
    );
  }
  return american > 0 ? 1 + american / 100 : 1 + 100 / -american;
}

/** Probability at which decimal odds are even, the stake included in the odds. Throws `usage.invalid` at 1 or below. */
export function impliedProbability(decimalOdds: number): number {
  if (!(decimalOdds > 1 && Number.isFinite(decimalOdds))) {
    throw new SwarmError("usage.invalid", `Cannot use decimal odds of ${decimalOdds}: they are above 1`, {
      hint: "Decimal odds include the stake: 2 doubles it",
    });
  }
  return 1 / decimalOdds;
}

/** Expected profit per unit staked: p·o - 1. */
export function expectedValue(probability: number, decimalOdds: number): number {
  return probability * decimalOdds - 1;
}
