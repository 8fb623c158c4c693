// Does a series return to a level, or wander? The t value of the lagged level in a regression of the changes on it and on lagged
// changes (Dickey and Fuller 1979, Said and Dickey 1984).
import { SwarmError } from "../../contracts/swarm-error.ts";
import { leastSquares, nestedSumsOfSquares } from "../../numerics/least-squares.ts";
import { criticalValues, unitRootPValue, type Deterministic } from "./mackinnon.ts";

export interface AdfOptions {
  /** Default c: a constant. */
  readonly regression?: Deterministic;
  /** A number of lagged changes, or the number that Akaike's criterion chooses from 0…ceil(12·(n/100)^¼). Default "AIC". */
  readonly lags?: number | "AIC";
  /** 2 when the series are residuals of a regression between two: other p-values hold. */
  readonly series?: 1 | 2;
}

export interface Adf {
  readonly statistic: number;
  readonly pValue: number;
  readonly usedLags: number;
  readonly observations: number;
  /** At 1, 5 and 10 %. */
  readonly critical: readonly number[];
}

/** Throws `usage.invalid` when the series is too short for its lags. */
export function augmentedDickeyFuller(values: ArrayLike<number>, options: AdfOptions = {}): Adf {
  const { regression = "c", lags = "AIC", series = 1 } = options;
  const usedLags = lags === "AIC" ? chosenLags(values, regression) : lags;
  const { change, columns } = design(values, regression, usedLags, usedLags);
  const fit = leastSquares(change, columns);
  const observations = change.length;
  const statistic = (fit.coefficients[0] ?? NaN) / (fit.errors[0] ?? NaN);
  return {
    statistic,
    pValue: unitRootPValue(statistic, regression, series),
    usedLags,
    observations,
    critical: criticalValues(regression, observations, series),
  };
}

const trendTerms = { n: 0, c: 1, ct: 2 } as const;

/** Candidates are compared on one common sample, the one the longest leaves; the winner is then fitted on all rows. */
function chosenLags(values: ArrayLike<number>, regression: Deterministic): number {
  const terms = trendTerms[regression];
  const longest = Math.min(Math.ceil(12 * (values.length / 100) ** 0.25), Math.floor(values.length / 2) - terms - 1);
  if (longest < 0) throw tooShort(values.length);
  const { change, columns } = design(values, regression, longest, longest);
  const sums = nestedSumsOfSquares(change, columns);
  let [best, least] = [0, Infinity];
  for (let lags = 0; lags <= longest; lags += 1) {
    const coefficients = lags + 1 + terms;
    // -2·log likelihood of normal errors up to a constant, plus two per coefficient.
    const criterion = change.length * Math.log((sums[coefficients] ?? NaN) / change.length) + 2 * coefficients;
    if (criterion < least) [best, least] = [lags, criterion];
  }
  return best;
}

/** The changes, and columns: the lagged level, constant and trend, lagged changes. Rows start where `skipped` of those exist. */
function design(
  values: ArrayLike<number>,
  regression: Deterministic,
  lags: number,
  skipped: number,
): { readonly change: Float64Array; readonly columns: readonly Float64Array[] } {
  const observations = values.length - 1 - skipped;
  if (observations <= lags + 1 + trendTerms[regression]) throw tooShort(values.length);
  const changeAt = (bar: number): number => (values[bar] ?? NaN) - (values[bar - 1] ?? NaN);
  const column = (of: (bar: number, row: number) => number): Float64Array =>
    Float64Array.from({ length: observations }, (_, row) => of(skipped + 1 + row, row));
  const columns = [column((bar) => values[bar - 1] ?? NaN)];
  if (regression !== "n") columns.push(column(() => 1));
  if (regression === "ct") columns.push(column((_, row) => row + 1));
  for (let lag = 1; lag <= lags; lag += 1) columns.push(column((bar) => changeAt(bar - lag)));
  return { change: column(changeAt), columns };
}

function tooShort(length: number): SwarmError {
  return new SwarmError("usage.invalid", `Cannot test ${length} values for a unit root: too few for the lags`, {
    hint: "Give a longer series or fewer lags",
  });
}
