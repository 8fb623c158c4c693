// How many combinations of several series keep together: Johansen's trace test (1991) with a constant and one lagged difference.
// Critical values: MacKinnon, Haug and Michelis (1996), by the number of combinations that are left.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { leastSquares } from "../../numerics/least-squares.ts";
import { dot, solveAll, transpose, product, type Matrix } from "../../numerics/matrix.ts";
import { mean } from "../../numerics/moments.ts";
import { cholesky, symmetricEigen } from "../../numerics/symmetric-eigen.ts";

export interface Johansen {
  /** For at most 0, 1, … combinations. */
  readonly trace: readonly number[];
  /** At 90, 95 and 99 %, one row per trace statistic. */
  readonly critical: Matrix;
  readonly eigenvalues: readonly number[];
  /** Column k belongs to eigenvalue k, vᵀSv = 1; up to sign. */
  readonly eigenvectors: Matrix;
}

/** Rows: 1 … 6 series left. */
const traceCritical: Matrix = [
  [2.7055, 3.8415, 6.6349],
  [13.4294, 15.4943, 19.9349],
  [27.0669, 29.7961, 35.4628],
  [44.4929, 47.8545, 54.6815],
  [65.8202, 69.8189, 77.8202],
  [91.109, 95.7542, 104.9637],
];

/** Series of equal length. Throws `usage.invalid` for fewer than two, more than six, or series that repeat each other. */
export function johansen(series: readonly Float64Array[]): Johansen {
  const count = series.length;
  if (count < 2 || count > traceCritical.length) {
    throw refused(`${count} series were given, and there are tables for 2 to ${traceCritical.length}`);
  }
  const rows = (series[0]?.length ?? 0) - 2;
  // Rows start where one lagged difference exists; all is without its mean, so that no constant is left to fit.
  const changes = series.map((values) => centred(differences(values)));
  const now = changes.map((values) => centred(values.slice(1)));
  const before = changes.map((values) => centred(values.slice(0, -1)));
  const levels = series.map((values) => centred(centred(values).slice(1, -1)));
  const [r0, rk] = [now, levels].map((part) => part.map((values) => leastSquares(values, before).residuals));
  if (r0 === undefined || rk === undefined) throw refused("nothing was given");
  const [s00, sk0, skk] = [moments(r0, r0, rows), moments(rk, r0, rows), moments(rk, rk, rows)];
  const explained = product(sk0, solveAll(s00, transpose(sk0)));
  const { values, vectors } = generalised(explained, skk);
  const logs = values.map((value) => Math.log(1 - value));
  return {
    trace: values.map((_, k) => -rows * logs.slice(k).reduce((sum, value) => sum + value, 0)),
    critical: values.map((_, k) => traceCritical[count - k - 1] ?? []),
    eigenvalues: values,
    eigenvectors: vectors,
  };
}

/** A·v = λ·S·v with S = L·Lᵀ: the symmetric problem of L⁻¹·A·L⁻ᵀ, whose vectors are turned back by L⁻ᵀ. */
function generalised(a: Matrix, s: Matrix): { readonly values: readonly number[]; readonly vectors: Matrix } {
  const lower = cholesky(s)?.map((row) => [...row, ...Array.from({ length: s.length - row.length }, () => 0)]);
  if (lower === undefined) throw refused("they repeat each other");
  const left = solveAll(lower, a);
  const { values, vectors } = symmetricEigen(solveAll(lower, transpose(left)));
  return { values, vectors: solveAll(transpose(lower), vectors) };
}

function differences(values: Float64Array): Float64Array {
  return values.slice(1).map((value, row) => value - (values[row] ?? NaN));
}

function centred(values: Float64Array): Float64Array {
  const centre = mean(values);
  return values.map((value) => value - centre);
}

function moments(a: readonly Float64Array[], b: readonly Float64Array[], rows: number): number[][] {
  return a.map((x) => b.map((y) => dot(Array.from(x), Array.from(y)) / rows));
}

function refused(problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot test the series for common paths: ${problem}`, {
    hint: "Give two to six different series of equal length",
  });
}
