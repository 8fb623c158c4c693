// Unit-root and cointegration tests against statsmodels, on natural logs of closes.
import { joinCandles } from "../../src/backtest/book/join-tapes.ts";
import { augmentedDickeyFuller } from "../../src/backtest/diagnostics/augmented-dickey-fuller.ts";
import { engleGranger, halfLife, hedgeRatio } from "../../src/backtest/diagnostics/engle-granger.ts";
import { johansen } from "../../src/backtest/diagnostics/johansen.ts";
import { near, nearEach, openComparison, same, type Comparison } from "./comparison.ts";
import type { DataSets } from "./data-sets.ts";
import { matrixAt, numberAt, numbersAt, objectsAt, textAt, type Json } from "./read-json.ts";

const tolerance = 1e-6;

export function compareCointegration(file: Json, data: DataSets): Comparison {
  const into = openComparison();
  objectsAt(file, "adf").forEach((row, at) => compareAdf(into, row, at, data));
  objectsAt(file, "coint").forEach((row, at) => {
    const [y0, y1] = logsOf(row, data);
    const ours = engleGranger(y0, y1, lagsOf(row));
    same(into, `n of coint ${at}`, y0.length, numberAt(row, "n"));
    near(into, `stat of coint ${at}`, ours.statistic, numberAt(row, "stat"), tolerance);
    near(into, `pvalue of coint ${at}`, ours.pValue, numberAt(row, "pvalue"), tolerance);
    nearEach(into, `critical of coint ${at}`, ours.critical, numbersAt(row, "crit_1_5_10"), tolerance);
  });
  objectsAt(file, "johansen").forEach((row, at) => {
    const ours = johansen(logsOf(row, data));
    nearEach(into, `trace of johansen ${at}`, ours.trace, numbersAt(row, "trace"), tolerance);
    nearEach(into, `eig of johansen ${at}`, ours.eigenvalues, numbersAt(row, "eig"), tolerance);
    nearEach(
      into,
      `critical of johansen ${at}`,
      ours.critical.flat(),
      matrixAt(row, "trace_crit_90_95_99").flat(),
      tolerance,
    );
    const theirs = matrixAt(row, "evec");
    nearEach(into, `evec of johansen ${at}`, oriented(ours.eigenvectors), oriented(theirs), tolerance);
  });
  objectsAt(file, "halfLife").forEach((row, at) => {
    const fit = hedgeRatio(...logsOf(row, data));
    const life = halfLife(fit.residuals);
    near(into, `alpha of halfLife ${at}`, fit.alpha, numberAt(row, "alpha"), tolerance);
    near(into, `beta of halfLife ${at}`, fit.beta, numberAt(row, "beta"), tolerance);
    near(into, `resid_sd of halfLife ${at}`, fit.residualSd, numberAt(row, "resid_sd_ddof0"), tolerance);
    near(into, `bars of halfLife ${at}`, life.bars, numberAt(row, "halflife_bars"), tolerance);
    near(into, `lambda of halfLife ${at}`, life.lambda, numberAt(row, "lambda"), tolerance);
  });
  return into;
}

function compareAdf(into: Comparison, row: Json, at: number, data: DataSets): void {
  const regression = textAt(row, "regression");
  const logs = data.daily(textAt(row, "series")).close.map((price) => Math.log(price));
  const values = textAt(row, "of") === "log price" ? logs : logs.slice(1).map((value, i) => value - (logs[i] ?? NaN));
  const ours = augmentedDickeyFuller(values, {
    regression: regression === "n" || regression === "ct" ? regression : "c",
    lags: lagsOf(row),
  });
  near(into, `stat of adf ${at}`, ours.statistic, numberAt(row, "stat"), tolerance);
  near(into, `pvalue of adf ${at}`, ours.pValue, numberAt(row, "pvalue"), tolerance);
  same(into, `usedLag of adf ${at}`, ours.usedLags, numberAt(row, "usedLag"));
  same(into, `nobs of adf ${at}`, ours.observations, numberAt(row, "nobs"));
  nearEach(into, `critical of adf ${at}`, ours.critical, numbersAt(row, "crit_1_5_10"), tolerance);
}

function lagsOf(row: Json): number | "AIC" {
  return row["autolag"] === "AIC" ? "AIC" : numberAt(row, "maxlag");
}

function logsOf(row: Json, data: DataSets): [Float64Array, Float64Array] {
  const pair = joinCandles(["y0", "y1"].map((name) => data.daily(textAt(row, name))));
  const logs = pair.map(({ close }) => close.map((price) => Math.log(price)));
  const [y0 = new Float64Array(), y1 = new Float64Array()] = logs;
  return [y0, y1];
}

/** Columns with a first entry above zero: eigenvectors have no sign. */
function oriented(vectors: readonly (readonly number[])[]): number[] {
  return vectors.flatMap((row) => row.map((value, column) => value * Math.sign(vectors[0]?.[column] ?? NaN)));
}
