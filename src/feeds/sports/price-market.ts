// One market through the calculators: best prices, margin-free probabilities, expected value, Kelly and arbitrage. The probability
// of an outcome is the mean over bookmakers of their prices without margin: an estimate of the market's, not the truth.
import type { PricedMarket } from "../../contracts/operations/sports.ts";
import { arbitrage } from "../../portfolio/bets/arbitrage.ts";
import { devig } from "../../portfolio/bets/devig.ts";
import { expectedValue, impliedProbability } from "../../portfolio/bets/odds.ts";
import { kelly } from "../../portfolio/kelly.ts";

export interface Outcome {
  readonly name: string;
  readonly point: number | null;
  readonly decimalOdds: number;
}

/** One bookmaker's quote of every outcome, in an order that all share. */
export interface Book {
  readonly bookmaker: string;
  readonly quotedMs: number;
  readonly outcomes: readonly Outcome[];
}

export interface MarketTerms {
  readonly nowMs: number;
  readonly bankroll: number;
  readonly kellyFraction: number;
}

/** `books`: at least one. */
export function priceMarket(
  books: readonly Book[],
  pushPossible: boolean,
  { nowMs, bankroll, kellyFraction }: MarketTerms,
): Pick<PricedMarket, "outcomes" | "arbitrage"> {
  const fair = fairProbabilities(books);
  const outcomes = (books[0]?.outcomes ?? []).map(({ name, point }, at) => {
    const { bookmaker, quotedMs, decimalOdds } = bestOf(books, at);
    const probability = fair?.[at] ?? null;
    return {
      name,
      point,
      decimalOdds,
      bookmaker,
      quotedAt: new Date(quotedMs).toISOString(),
      quoteAgeSeconds: Math.max(0, nowMs - quotedMs) / 1_000,
      impliedProbability: impliedProbability(decimalOdds),
      fairProbability: probability,
      expectedValue: probability === null ? null : expectedValue(probability, decimalOdds),
      kellyStake: probability === null ? null : kelly({ decimal: decimalOdds }, probability, kellyFraction),
    };
  });
  if (pushPossible) return { outcomes, arbitrage: null };
  const found = arbitrage(
    outcomes.map(({ decimalOdds }) => decimalOdds),
    bankroll,
  );
  const { sumImplied, isArbitrage: exists, profitPct, placed, worstProfit } = found;
  return { outcomes, arbitrage: { sumImplied, exists, profitPct, stakes: [...placed], worstProfit } };
}

function bestOf(books: readonly Book[], at: number): { bookmaker: string; quotedMs: number; decimalOdds: number } {
  const quotes = books.map(({ bookmaker, quotedMs, outcomes }) => {
    return { bookmaker, quotedMs, decimalOdds: outcomes[at]?.decimalOdds ?? NaN };
  });
  // Of equal prices the fresher one.
  return quotes.reduce((best, quote) => {
    const better = quote.decimalOdds > best.decimalOdds;
    const fresher = quote.decimalOdds === best.decimalOdds && quote.quotedMs > best.quotedMs;
    return better || fresher ? quote : best;
  });
}

/** Null when no bookmaker's prices hold a margin to remove. */
function fairProbabilities(books: readonly Book[]): readonly number[] | null {
  const margins = books
    .map(({ outcomes }) => outcomes.map(({ decimalOdds }) => decimalOdds))
    .filter((odds) => odds.reduce((sum, one) => sum + impliedProbability(one), 0) >= 1)
    .map((odds) => devig(odds).multiplicative);
  if (margins.length === 0) return null;
  return (margins[0] ?? []).map((_, at) => margins.reduce((sum, one) => sum + (one[at] ?? NaN), 0) / margins.length);
}
