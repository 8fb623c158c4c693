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
  /** The same in whole cents that add up to the whole cents of the total stake. */
  readonly placed: readonly number[];
  /** Profit of the worst outcome of what is placed, after the fee on winnings was paid. */
  readonly worstProfit: number;
}

export interface ArbitrageTerms {
  /** Share of the winnings. Default 0. */
  readonly feeRate?: number;
}

/** `bestOdds`: decimal, one per outcome, outcomes mutually exclusive and exhaustive. */
export function arbitrage(bestOdds: readonly number[], totalStake: number, terms: ArbitrageTerms = {}): Arbitrage {
  const implied = bestOdds.map((odds) => impliedProbability(odds));
  const sumImplied = implied.reduce((total, q) => total + q, 0);
  const stakes = implied.map((q) => (totalStake * q) / sumImplied);
  const placed = inCents(stakes, totalStake);
  return {
    sumImplied,
    isArbitrage: sumImplied < 1,
    profitPct: 100 * (1 / sumImplied - 1),
    stakes,
    placed,
    worstProfit: worstOutcome(bestOdds, placed, terms),
  };
}

/** Cents that floats put a hair below a whole one. */
const hair = 1e-6;

/** Each rounded down, and the cents that are left go to those that lost most by it. */
function inCents(stakes: readonly number[], totalStake: number): readonly number[] {
  const exact = stakes.map((stake) => stake * 100);
  const cents = exact.map((one) => Math.floor(one + hair));
  const left = Math.floor(totalStake * 100 + hair) - cents.reduce((sum, one) => sum + one, 0);
  const lost = (at: number): number => (exact[at] ?? NaN) - (cents[at] ?? NaN);
  const first = [...cents.keys()].sort((a, b) => lost(b) - lost(a) || a - b).slice(0, Math.max(0, left));
  return cents.map((one, at) => (one + (first.includes(at) ? 1 : 0)) / 100);
}

function worstOutcome(bestOdds: readonly number[], placed: readonly number[], { feeRate = 0 }: ArbitrageTerms): number {
  const paid = placed.reduce((total, stake) => total + stake, 0);
  return Math.min(
    ...placed.map((stake, i) => {
      const won = stake * ((bestOdds[i] ?? NaN) - 1);
      return stake + won * (1 - feeRate) - paid;
    }),
  );
}
