// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5), and the
// Cholesky factor that turns a generalised problem into a symmetric one.
import { cell, type Matrix } from "./matrix.ts";

const sweeps = 60;

export interface Eigen {
  /** Descending. */
  readonly values: readonly number[];
  /** Column k belongs to value k, of length one. */
  readonly vectors: Matrix;
}

export function symmetricEigen(matrix: Matrix): Eigen {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, row) => a.map((_, column) => (row === column ? 1 : 0)));
  for (let sweep = 0; sweep < sweeps && offDiagonal(a) > 0; sweep += 1) {
    for (let p = 0; p < size; p += 1) for (let q = p + 1; q < size; q += 1) rotate(a, v, p, q);
  }
  const order = a.map((_, at) => at).sort((x, y) => cell(a, y, y) - cell(a, x, x));
  return {
    values: order.map((at) => cell(a, at, at)),
    vectors: v.map((row) => order.map((at) => row[at] ?? NaN)),
  };
}

function offDiagonal(a: Matrix): number {
  let sum = 0;
  a.forEach((row, p) => row.forEach((value, q) => (sum += p === q ? 0 : value * value)));
  return sum;
}

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const off = cell(a, p, q);
  if (off === 0) return;
  const theta = (cell(a, q, q) - cell(a, p, p)) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of a) turn(row, p, q, c, s);
  const [rowP = [], rowQ = []] = [a[p], a[q]];
  for (let k = 0; k < a.length; k += 1) {
    const [x, y] = [rowP[k] ?? NaN, rowQ[k] ?? NaN];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  // What rotation makes zero is set to it, or rounding would keep the sweeps going.
  rowP[q] = 0;
  rowQ[p] = 0;
  for (const row of v) turn(row, p, q, c, s);
}

function turn(row: number[], p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p] ?? NaN, row[q] ?? NaN];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

/** Lower triangular L with L·Lᵀ = A; null when A is not positive definite. */
export function cholesky(matrix: Matrix): number[][] | null {
  const lower: number[][] = [];
  for (const [i, given] of matrix.entries()) {
    const row: number[] = [];
    for (let j = 0; j <= i; j += 1) {
      let sum = given[j] ?? NaN;
      for (let k = 0; k < j; k += 1) sum -= (row[k] ?? 0) * (i === j ? (row[k] ?? 0) : cell(lower, j, k));
      if (i === j && !(sum > 0)) return null;
      row.push(i === j ? Math.sqrt(sum) : sum / cell(lower, j, j));
    }
    lower.push(row);
  }
  return lower;
}
