// Whether the best prices of all outcomes together leave a profit, on quoted prices: before limits, rounding and the age of a quote.
import { impliedProbability } from "./odds.ts";

export interface Arbitrage {
  /** Σ 1/best odds. */
  readonly sumImplied: number;
  readonly isArbitrage: boolean;
  /** Of the total stake; negative when there is none. */
  readonly profitPct: number;
  /** Stakes that pay the same whatever happens. */
  readonly stakes: readonly number[];
}

/** `bestOdds`: decimal, one per outcome, outcomes mutually exclusive and exhaustive. */
export function arbitrage(bestOdds: readonly number[], totalStake: number): Arbitrage {
  const implied = bestOdds.map((odds) => impliedProbability(odds));
  const sumImplied = implied.reduce((total, q) => total + q, 0);
  return {
    sumImplied,
    isArbitrage: sumImplied < 1,
    profitPct: 100 * (1 / sumImplied - 1),
    stakes: implied.map((q) => (totalStake * q) / sumImplied),
  };
}

/** The worst outcome after stakes were rounded down to `step` and a fee on the winnings: what is really locked in. */
export function worstOutcome(
  bestOdds: readonly number[],
  stakes: readonly number[],
  { step, feeRate }: { readonly step: number; readonly feeRate: number },
): number {
  const rounded = stakes.map((stake) => Math.floor(stake / step) * step);
  const paid = rounded.reduce((total, stake) => total + stake, 0);
  return Math.min(
    ...rounded.map((stake, i) => {
      const won = stake * ((bestOdds[i] ?? NaN) - 1);
      return stake + won * (1 - feeRate) - paid;
    }),
  );
}
