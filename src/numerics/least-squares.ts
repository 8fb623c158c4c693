// Ordinary least squares by Householder reflections: normal equations would square the condition of price levels.
import { SwarmError } from "../contracts/swarm-error.ts";
import { invariant } from "../contracts/invariant.ts";

export interface Fit {
  readonly coefficients: readonly number[];
  /** Standard errors with n - k degrees of freedom. */
  readonly errors: readonly number[];
  readonly residuals: Float64Array;
  readonly sumOfSquares: number;
}

/** Regresses `y` on columns of equal length. Throws `usage.invalid` for dependent columns or fewer rows than columns. */
export function leastSquares(y: ArrayLike<number>, columns: readonly Float64Array[]): Fit {
  const [rows, count] = [y.length, columns.length];
  if (rows <= count) throw refused(`there are ${rows} rows for ${count} columns`);
  const q = columns.map((column) => Float64Array.from(column));
  const right = Float64Array.from(y);
  const upper = q.map((column, k) => reflect(q, right, column, k));
  const coefficients = backSubstitute(upper, right);
  const residuals = Float64Array.from(y, (value, row) => {
    let fitted = 0;
    for (let k = 0; k < count; k += 1) fitted += (columns[k]?.[row] ?? NaN) * (coefficients[k] ?? NaN);
    return value - fitted;
  });
  const sumOfSquares = residuals.reduce((sum, value) => sum + value * value, 0);
  const variance = sumOfSquares / (rows - count);
  const errors = inverseDiagonal(upper).map((value) => Math.sqrt(variance * value));
  return { coefficients, errors, residuals, sumOfSquares };
}

/** Sums of squared residuals of `y` on the first 0, 1, … all of the columns, from one factorisation. */
export function nestedSumsOfSquares(y: ArrayLike<number>, columns: readonly Float64Array[]): readonly number[] {
  const q = columns.map((column) => Float64Array.from(column));
  const right = Float64Array.from(y);
  q.forEach((column, k) => reflect(q, right, column, k));
  let sum = 0;
  const sums: number[] = [];
  for (let row = right.length - 1; row >= 0; row -= 1) {
    sum += (right[row] ?? NaN) ** 2;
    if (row <= columns.length) sums[row] = sum;
  }
  return sums;
}

/** Applies the k-th reflection to later columns and the right side; returns column k of R, from the top. */
function reflect(q: readonly Float64Array[], right: Float64Array, column: Float64Array, k: number): number[] {
  let squares = 0;
  for (let row = k; row < column.length; row += 1) squares += (column[row] ?? NaN) ** 2;
  const norm = Math.sqrt(squares);
  const head = column[k] ?? NaN;
  const alpha = head > 0 ? -norm : norm;
  const done = Array.from(column.subarray(0, k));
  const whole = Math.hypot(norm, ...done);
  if (!(norm > whole * 1e-13)) throw refused(`column ${k} is a combination of those before it`);
  const reflector = column.slice(k);
  reflector[0] = head - alpha;
  const length = reflector.reduce((sum, value) => sum + value * value, 0);
  for (const target of [...q.slice(k + 1), right]) {
    let sum = 0;
    for (let i = 0; i < reflector.length; i += 1) sum += (reflector[i] ?? NaN) * (target[k + i] ?? NaN);
    const factor = (2 * sum) / length;
    for (let i = 0; i < reflector.length; i += 1) {
      target[k + i] = (target[k + i] ?? NaN) - factor * (reflector[i] ?? NaN);
    }
  }
  return [...done, alpha];
}

function backSubstitute(upper: readonly (readonly number[])[], right: Float64Array): number[] {
  const solution: number[] = [];
  for (let row = upper.length - 1; row >= 0; row -= 1) {
    let sum = right[row] ?? NaN;
    for (let k = row + 1; k < upper.length; k += 1) sum -= (upper[k]?.[row] ?? NaN) * (solution[k] ?? NaN);
    solution[row] = sum / (upper[row]?.[row] ?? NaN);
  }
  return solution;
}

/** Diagonal of (RᵀR)⁻¹: squared lengths of the rows of R⁻¹. */
function inverseDiagonal(upper: readonly (readonly number[])[]): number[] {
  const size = upper.length;
  const inverse = Array.from({ length: size }, (_, column) => {
    const unit = new Float64Array(size);
    unit[column] = 1;
    return backSubstitute(upper, unit);
  });
  invariant(inverse.length === size, "one column of the inverse per coefficient");
  return Array.from({ length: size }, (_, row) => inverse.reduce((sum, column) => sum + (column[row] ?? NaN) ** 2, 0));
}

function refused(problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot fit a regression: ${problem}`, {
    hint: "Give a longer series, or one that moves",
  });
}
