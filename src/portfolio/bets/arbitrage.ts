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
  /** Profit of the worst outcome after the stakes were rounded down and the fee on winnings was paid. */
  readonly worstProfit: number;
}

export interface ArbitrageTerms {
  /** Smallest change of a stake. Default a cent. */
  readonly step?: number;
  /** Share of the winnings. Default 0. */
  readonly feeRate?: number;
}

/** `bestOdds`: decimal, one per outcome, outcomes mutually exclusive and exhaustive. */
export function arbitrage(bestOdds: readonly number[], totalStake: number, terms: ArbitrageTerms = {}): Arbitrage {
  const implied = bestOdds.map((odds) => impliedProbability(odds));
  const sumImplied = implied.reduce((total, q) => total + q, 0);
  const stakes = implied.map((q) => (totalStake * q) / sumImplied);
  return {
    sumImplied,
    isArbitrage: sumImplied < 1,
    profitPct: 100 * (1 / sumImplied - 1),
    stakes,
    worstProfit: worstOutcome(bestOdds, stakes, terms),
  };
}

function worstOutcome(
  bestOdds: readonly number[],
  stakes: readonly number[],
  { step = 0.01, feeRate = 0 }: ArbitrageTerms,
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
