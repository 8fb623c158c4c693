// Weights, risk and Kelly fractions against numpy and scipy.
import { growthOf, kellyEdge } from "../../src/portfolio/kelly.ts";
import { jointOfTwo, kellyContinuous, kellyNaive, kellyTogether } from "../../src/portfolio/kelly-together.ts";
import { ewmaVariance, expectedShortfall, historicalVar, normalVar } from "../../src/portfolio/risk/value-at-risk.ts";
import {
  inverseVolatility,
  minimumVariance,
  riskContributions,
  tangency,
} from "../../src/portfolio/weights/closed-form.ts";
import { correlation, covariance, ledoitWolf, meanReturns } from "../../src/portfolio/weights/covariance.ts";
import { equalRisk } from "../../src/portfolio/weights/equal-risk.ts";
import { minimumVarianceLongOnly, tangencyLongOnly } from "../../src/portfolio/weights/long-only.ts";
import { near, nearEach, openComparison, same, type Comparison } from "./comparison.ts";
import type { DataSets } from "./data-sets.ts";
import { listAt, matrixAt, numberAt, numbersAt, objectAt, objectsAt, type Json } from "./read-json.ts";

const closed = 1e-9;
const equal = 1e-10;
const searched = 1e-6;
const joint = 2e-6;

export function comparePortfolio(file: Json, data: DataSets): Comparison {
  const into = openComparison();
  const portfolio = objectAt(file, "portfolio");
  const names = listAt(portfolio, "names").map((name) => String(name));
  const returns = data
    .monthly(names)
    .map((closes) => closes.slice(1).map((price, row) => price / (closes[row] ?? NaN) - 1));
  compareWeights(into, portfolio, returns);
  compareRisk(into, portfolio, returns);
  compareKelly(into, file);
  return into;
}

function compareWeights(into: Comparison, file: Json, returns: readonly Float64Array[]): void {
  const periods = numberAt(file, "periodsPerYear");
  const [mu, cov] = [meanReturns(returns, periods), covariance(returns, periods)];
  same(into, "nReturns", returns[0]?.length, numberAt(file, "nReturns"));
  const flat = (name: string): readonly number[] => matrixAt(file, name).flat();
  nearEach(into, "mu", mu, numbersAt(file, "mu"), closed);
  nearEach(into, "cov", cov.flat(), flat("cov"), closed);
  nearEach(into, "corr", correlation(cov).flat(), flat("corr"), closed);
  nearEach(into, "minVariance", minimumVariance(cov), numbersAt(file, "minVariance"), closed);
  nearEach(into, "tangency_rf0", tangency(cov, mu), numbersAt(file, "tangency_rf0"), closed);
  nearEach(into, "minVarianceLongOnly", minimumVarianceLongOnly(cov), numbersAt(file, "minVarianceLongOnly"), searched);
  nearEach(into, "maxSharpeLongOnly", tangencyLongOnly(cov, mu), numbersAt(file, "maxSharpeLongOnly"), searched);
  const parity = equalRisk(cov);
  nearEach(into, "riskParity", parity, numbersAt(file, "riskParity"), equal);
  nearEach(into, "riskParityContrib", riskContributions(cov, parity), numbersAt(file, "riskParityContrib"), equal);
  nearEach(into, "inverseVol", inverseVolatility(cov), numbersAt(file, "inverseVol"), closed);
  const full = kellyContinuous(cov, mu);
  nearEach(into, "kellyFull_invCov_mu", full, numbersAt(file, "kellyFull_invCov_mu"), closed);
  nearEach(
    into,
    "kellyHalf",
    full.map((value) => value / 2),
    numbersAt(file, "kellyHalf"),
    closed,
  );
  const naive = numbersAt(file, "kellyNaivePerAsset_mu_over_var");
  nearEach(into, "kellyNaive", kellyNaive(cov, mu), naive, closed);
  const shrunk = ledoitWolf(returns);
  const wanted = objectAt(file, "ledoitWolf");
  near(into, "shrinkage", shrunk.shrinkage, numberAt(wanted, "shrinkage"), closed);
  nearEach(into, "ledoitWolf", shrunk.cov.flat(), matrixAt(wanted, "cov_perPeriod_ddof0").flat(), closed);
}

function compareRisk(into: Comparison, file: Json, returns: readonly Float64Array[]): void {
  const periods = numberAt(file, "periodsPerYear");
  const equalWeight = (returns[0] ?? new Float64Array()).map((_, t) => {
    return returns.reduce((sum, row) => sum + (row[t] ?? NaN), 0) / returns.length;
  });
  const wanted = objectAt(file, "equalWeight");
  const [annual = NaN] = meanReturns([equalWeight], periods);
  const [[variance = NaN] = []] = covariance([equalWeight], periods);
  near(into, "annReturnArith", annual, numberAt(wanted, "annReturnArith"), closed);
  near(into, "annVol", Math.sqrt(variance), numberAt(wanted, "annVol"), closed);
  near(into, "varHist95", historicalVar(equalWeight), numberAt(wanted, "varHist95"), closed);
  near(into, "esHist95", expectedShortfall(equalWeight), numberAt(wanted, "esHist95"), closed);
  near(into, "varHist99", historicalVar(equalWeight, 99), numberAt(wanted, "varHist99"), closed);
  near(into, "varNormal95", normalVar(equalWeight), numberAt(wanted, "varNormal95"), closed);
  const ewma = numbersAt(file, "ewmaVar_lambda094_seed_first_sq");
  nearEach(
    into,
    "ewmaVar",
    returns.map((row) => ewmaVariance(row)),
    ewma,
    closed,
  );
}

function compareKelly(into: Comparison, file: Json): void {
  objectsAt(file, "kellyDiscrete").forEach((row, at) => {
    const [odds, p] = [numberAt(row, "netOdds"), numberAt(row, "p")];
    const fraction = kellyEdge(odds, p);
    near(into, `fraction of kellyDiscrete ${at}`, fraction, numberAt(row, "fraction"), closed);
    near(into, `growth of kellyDiscrete ${at}`, growthOf(odds, p, fraction), numberAt(row, "growth"), closed);
  });
  objectsAt(file, "kellySimultaneousTwoBets").forEach((row, at) => {
    const odds = numberAt(row, "netOdds");
    const four = jointOfTwo(numberAt(row, "p1"), numberAt(row, "p2"), numberAt(row, "rho"));
    nearEach(into, `joint of kellySimultaneous ${at}`, four, numbersAt(row, "jointWW_WL_LW_LL"), closed);
    const payoffs = [
      [odds, odds],
      [odds, -1],
      [-1, odds],
      [-1, -1],
    ];
    const best = kellyTogether(payoffs.map((pays, i) => ({ probability: four[i] ?? NaN, payoffs: pays })));
    nearEach(into, `f of kellySimultaneous ${at}`, best.stakes, numbersAt(row, "f"), joint);
    near(into, `growth of kellySimultaneous ${at}`, best.growth, numberAt(row, "growth"), searched);
    const alone = ["p1", "p2"].map((name) => kellyEdge(odds, numberAt(row, name)));
    nearEach(into, `naive of kellySimultaneous ${at}`, alone, numbersAt(row, "naive"), closed);
  });
}
