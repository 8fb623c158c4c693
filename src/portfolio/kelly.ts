// The Kelly fraction of one bet. The odds say which convention they are in; a number alone would be read both ways.
import { SwarmError } from "../contracts/swarm-error.ts";

/** `decimal` includes the stake (3 pays 3 for 1); `net` is the profit per 1 staked (2 is the same bet). */
export type Odds = { readonly decimal: number } | { readonly net: number };

/**
 * Share of the bankroll to stake: (p·b - (1 - p))/b with net odds b, times `fraction` (default 1); 0 when negative.
 * `kelly({ decimal: 3 }, 0.55)` is 0.325, `kelly({ decimal: 2 }, 0.55)` is 0.10. Throws `usage.invalid`.
 */
export function kelly(odds: Odds, probability: number, fraction = 1): number {
  const net = "net" in odds ? odds.net : odds.decimal - 1;
  if (!(net > 0 && Number.isFinite(net))) {
    throw refuse("the odds pay no profit", "Use decimal odds above 1 or net odds above 0");
  }
  if (!(probability >= 0 && probability <= 1))
    throw refuse(`the probability is ${probability}`, "Use a number from 0 to 1");
  if (!(fraction > 0 && fraction <= 1))
    throw refuse(`the Kelly fraction is ${fraction}`, "Use a number above 0, at most 1");
  return Math.max(0, (probability * net - (1 - probability)) / net) * fraction;
}

function refuse(problem: string, hint: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot size the bet: ${problem}`, { hint });
}

/** The same without the floor at zero and the fraction: negative when the bet has no edge. */
export function kellyEdge(netOdds: number, probability: number): number {
  return (probability * netOdds - (1 - probability)) / netOdds;
}

/** Expected growth of the logarithm per bet when `stake` of the bankroll is staked: p·ln(1 + b·f) + (1-p)·ln(1 - f). */
export function growthOf(netOdds: number, probability: number, stake: number): number {
  return probability * Math.log1p(netOdds * stake) + (1 - probability) * Math.log1p(-stake);
}
