// How unusual a unit-root statistic is. Published response surfaces of J. G. MacKinnon: p-values from "Approximate Asymptotic
// Distribution Functions for Unit-Root and Cointegration Tests" (1994), critical values from "Critical Values for Cointegration
// Tests" (Queen's Economics Working Paper 1227, 2010). Index of every list: number of series - 1.
import { normalCdf } from "../../numerics/normal.ts";

/** n: no constant, c: constant, ct: constant and trend. */
export type Deterministic = "n" | "c" | "ct";

interface Surface {
  /** Below `lowest` p is 0, above `highest` 1; up to `knee` the left polynomial holds, then the right one. */
  readonly lowest: readonly number[];
  readonly knee: readonly number[];
  readonly highest: readonly number[];
  readonly left: readonly (readonly number[])[];
  readonly right: readonly (readonly number[])[];
  /** Rows: 1, 5 and 10 %; columns: β∞, β1, β2, β3 of 1/T. */
  readonly critical: readonly (readonly (readonly number[])[])[];
}

const surfaces: Readonly<Record<Deterministic, Surface>> = {
  n: {
    lowest: [-19.04, -19.62],
    knee: [-1.04, -1.53],
    highest: [Infinity, 1.51],
    left: [
      [0.6344, 1.2378, 0.032496],
      [1.9129, 1.3857, 0.035322],
    ],
    right: [
      [0.4797, 0.93557, -0.06999, 0.033066],
      [1.5578, 0.8558, -0.2083, -0.033549],
    ],
    critical: [
      [
        [-2.56574, -2.2358, -3.627, 0],
        [-1.941, -0.2686, -3.365, 31.223],
        [-1.61682, 0.2656, -2.714, 25.364],
      ],
    ],
  },
  c: {
    lowest: [-18.83, -18.86],
    knee: [-1.61, -2.62],
    highest: [2.74, 0.92],
    left: [
      [2.1659, 1.4412, 0.038269],
      [2.92, 1.5012, 0.039796],
    ],
    right: [
      [1.7339, 0.93202, -0.12745, -0.010368],
      [2.1945, 0.64695, -0.29198, -0.042377],
    ],
    critical: [
      [
        [-3.43035, -6.5393, -16.786, -79.433],
        [-2.86154, -2.8903, -4.234, -40.04],
        [-2.56677, -1.5384, -2.809, 0],
      ],
      [
        [-3.89644, -10.9519, -33.527, 0],
        [-3.33613, -6.1101, -6.823, 0],
        [-3.04445, -4.2412, -2.72, 0],
      ],
    ],
  },
  ct: {
    lowest: [-16.18, -21.15],
    knee: [-2.89, -3.19],
    highest: [0.7, 0.63],
    left: [
      [3.2512, 1.6047, 0.049588],
      [3.6646, 1.5419, 0.036448],
    ],
    right: [
      [2.5261, 0.61654, -0.37956, -0.060285],
      [2.85, 0.5272, -0.36622, -0.051695],
    ],
    critical: [
      [
        [-3.95877, -9.0531, -28.428, -134.155],
        [-3.41049, -4.3904, -9.036, -45.374],
        [-3.12705, -2.5856, -3.925, -22.38],
      ],
      [
        [-4.32762, -15.4387, -35.679, 0],
        [-3.78057, -9.5106, -12.074, 0],
        [-3.49631, -7.0815, -7.538, 21.892],
      ],
    ],
  },
};

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

/** p-value of the statistic for one series (a unit root) or two (no cointegration). */
export function unitRootPValue(statistic: number, of: Deterministic, series: 1 | 2 = 1): number {
  const { lowest, knee, highest, left, right } = surfaces[of];
  const at = series - 1;
  if (statistic > (highest[at] ?? NaN)) return 1;
  if (statistic < (lowest[at] ?? NaN)) return 0;
  const fitted = statistic <= (knee[at] ?? NaN) ? left[at] : right[at];
  return normalCdf(polynomial(fitted ?? [], statistic));
}

/** Critical values at 1, 5 and 10 % for a sample of `observations`. Two series: with a constant or trend only. */
export function criticalValues(of: Deterministic, observations: number, series: 1 | 2 = 1): readonly number[] {
  return (surfaces[of].critical[series - 1] ?? []).map((row) => polynomial(row, 1 / observations));
}
