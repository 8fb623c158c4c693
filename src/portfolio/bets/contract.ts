// A contract that pays 1 when an event happens, bought at its ask. Which side a belief favours, and the Kelly fraction on it.
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface ContractView {
  readonly side: "yes" | "no" | null;
  /** Of the bankroll; 0 without an edge. */
  readonly kellyFraction: number;
  /** (1 - c)/c, the profit of YES per 1 staked. */
  readonly netOddsYes: number;
  /** Belief - price: a negative one is the edge of NO. */
  readonly evPerYesContract: number;
}

/** `belief` in [0, 1], `yesPrice` in (0, 1). Throws `usage.invalid` outside. */
export function viewContract(belief: number, yesPrice: number): ContractView {
  if (!(belief >= 0 && belief <= 1 && yesPrice > 0 && yesPrice < 1)) {
    throw new SwarmError("usage.invalid", `Cannot judge a contract at ${yesPrice} with a belief of ${belief}`, {
      hint: "Both are shares of 1, and the price lies strictly between 0 and 1",
    });
  }
  const edge = belief - yesPrice;
  const netOddsYes = (1 - yesPrice) / yesPrice;
  if (edge === 0) return { side: null, kellyFraction: 0, netOddsYes, evPerYesContract: 0 };
  const side = edge > 0 ? "yes" : "no";
  const kellyFraction = edge > 0 ? edge / (1 - yesPrice) : -edge / yesPrice;
  return { side, kellyFraction, netOddsYes, evPerYesContract: edge };
}
