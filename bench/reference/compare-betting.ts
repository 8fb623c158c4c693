// Odds, margins, arbitrage, contracts and scores against root searches in scipy.
import { arbitrage } from "../../src/portfolio/bets/arbitrage.ts";
import { viewContract } from "../../src/portfolio/bets/contract.ts";
import { devig } from "../../src/portfolio/bets/devig.ts";
import { decimalFromAmerican, expectedValue, impliedProbability } from "../../src/portfolio/bets/odds.ts";
import { scoreForecasts } from "../../src/portfolio/bets/score-forecasts.ts";
import { kelly, kellyEdge } from "../../src/portfolio/kelly.ts";
import { near, nearEach, openComparison, same, type Comparison } from "./comparison.ts";
import { flagAt, numberAt, numbersAt, objectAt, objectsAt, type Json } from "./read-json.ts";

const closed = 1e-9;

export function compareBetting(file: Json): Comparison {
  const into = openComparison();
  objectsAt(file, "americanToDecimal").forEach((row, at) => {
    const decimal = decimalFromAmerican(numberAt(row, "american"));
    near(into, `decimal ${at}`, decimal, numberAt(row, "decimal"), closed);
    near(into, `implied ${at}`, impliedProbability(decimal), numberAt(row, "implied"), closed);
  });
  objectsAt(file, "devig").forEach((row, at) => {
    const ours = devig(numbersAt(row, "decimalOdds"));
    for (const name of ["multiplicative", "additive", "power", "shin"] as const) {
      nearEach(into, `${name} of devig ${at}`, ours[name] ?? [], numbersAt(row, name), closed);
    }
    for (const name of ["overround", "powerK", "shinZ"] as const) {
      near(into, `${name} of devig ${at}`, ours[name], numberAt(row, name), closed);
    }
  });
  objectsAt(file, "arbitrage").forEach((row, at) => {
    const ours = arbitrage(numbersAt(row, "bestOdds"), 1_000);
    near(into, `sumImplied of arbitrage ${at}`, ours.sumImplied, numberAt(row, "sumImplied"), closed);
    same(into, `isArb of arbitrage ${at}`, ours.isArbitrage, flagAt(row, "isArb"));
    near(into, `profitPct of arbitrage ${at}`, ours.profitPct, numberAt(row, "profitPct"), closed);
    // Rounding two or three stakes to cents moves the locked-in profit by a few of them.
    near(into, `worstProfit of arbitrage ${at}`, ours.worstProfit, 10 * numberAt(row, "profitPct"), 0.1);
    nearEach(into, `stakes of arbitrage ${at}`, ours.stakes, numbersAt(row, "stakesFor1000"), closed);
  });
  compareBets(into, file);
  return into;
}

function compareBets(into: Comparison, file: Json): void {
  objectsAt(file, "kellyBet").forEach((row, at) => {
    const [p, decimal] = [numberAt(row, "p"), numberAt(row, "decimalOdds")];
    near(into, `kelly of bet ${at}`, kellyEdge(decimal - 1, p), numberAt(row, "kelly"), closed);
    near(into, `stakeFraction of bet ${at}`, kelly({ decimal }, p), numberAt(row, "stakeFraction"), closed);
    near(into, `halfKelly of bet ${at}`, kelly({ decimal }, p, 0.5), numberAt(row, "halfKelly"), closed);
    near(into, `evPerUnit of bet ${at}`, expectedValue(p, decimal), numberAt(row, "evPerUnit"), closed);
  });
  objectsAt(file, "predictionMarket").forEach((row, at) => {
    const ours = viewContract(numberAt(row, "belief"), numberAt(row, "yesPrice"));
    same(into, `side of contract ${at}`, ours.side, row["side"]);
    for (const name of ["kellyFraction", "netOddsYes", "evPerYesContract"] as const) {
      near(into, `${name} of contract ${at}`, ours[name], numberAt(row, name), closed);
    }
  });
  const worked = objectAt(file, "workedKellyExample");
  const fraction = kelly({ net: numberAt(worked, "netOdds") }, numberAt(worked, "winProb"));
  near(into, "worked fraction", fraction, numberAt(worked, "fraction"), closed);
  near(into, "worked bet", fraction * numberAt(worked, "bankroll"), numberAt(worked, "bet"), 1e-6);
  const brier = objectAt(file, "brier");
  const score = scoreForecasts(numbersAt(brier, "forecasts"), numbersAt(brier, "outcomes"));
  near(into, "brier", score.brier, numberAt(brier, "brier"), closed);
  near(into, "logloss", score.logLoss, numberAt(brier, "logloss"), closed);
}
