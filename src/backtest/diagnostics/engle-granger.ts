// Do two series keep together? The residual of one on the other must return to zero (Engle and Granger 1987), and half-life says
// how fast it does.
import { leastSquares } from "../../numerics/least-squares.ts";
import { mean } from "../../numerics/moments.ts";
import { augmentedDickeyFuller } from "./augmented-dickey-fuller.ts";
import { criticalValues, unitRootPValue } from "./mackinnon.ts";

export interface EngleGranger {
  readonly statistic: number;
  readonly pValue: number;
  /** At 1, 5 and 10 %. */
  readonly critical: readonly number[];
}

/** Residuals of y0 on 1 and y1, tested without a constant. `lags` as in the Dickey–Fuller test. */
export function engleGranger(y0: Float64Array, y1: Float64Array, lags: number | "AIC" = "AIC"): EngleGranger {
  const { residuals } = leastSquares(y0, [y1, ones(y0.length)]);
  const { statistic } = augmentedDickeyFuller(residuals, { regression: "n", lags });
  return {
    statistic,
    pValue: unitRootPValue(statistic, "c", 2),
    critical: criticalValues("c", y0.length - 1, 2),
  };
}

export interface HedgeRatio {
  readonly alpha: number;
  readonly beta: number;
  /** Population standard deviation of the residuals. */
  readonly residualSd: number;
  readonly residuals: Float64Array;
}

/** y0 = alpha + beta·y1 + residual. */
export function hedgeRatio(y0: Float64Array, y1: Float64Array): HedgeRatio {
  const { coefficients, residuals } = leastSquares(y0, [y1, ones(y0.length)]);
  const [beta = NaN, alpha = NaN] = coefficients;
  return { alpha, beta, residualSd: Math.sqrt(mean(residuals.map((value) => value * value))), residuals };
}

export interface HalfLife {
  /** From Δe = a + λ·e₋₁. */
  readonly lambda: number;
  /** -ln 2/λ; null when the residual does not return. */
  readonly bars: number | null;
}

export function halfLife(residuals: Float64Array): HalfLife {
  const changes = residuals.slice(1).map((value, row) => value - (residuals[row] ?? NaN));
  const { coefficients } = leastSquares(changes, [residuals.slice(0, -1), ones(changes.length)]);
  const [lambda = NaN] = coefficients;
  return { lambda, bars: lambda < 0 ? -Math.LN2 / lambda : null };
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1);
}
