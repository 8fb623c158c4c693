// Small dense matrices as rows of numbers: products, and solving by elimination with partial pivoting.
import { SwarmError } from "../contracts/swarm-error.ts";

export type Matrix = readonly (readonly number[])[];

/** Pivots at or below this share of the largest entry count as zero. */
const singularAt = 1e-14;

export function cell(matrix: Matrix, row: number, column: number): number {
  return matrix[row]?.[column] ?? NaN;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? NaN) * (b[i] ?? NaN);
  return sum;
}

export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

export function transpose(matrix: Matrix): number[][] {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? NaN));
}

export function product(a: Matrix, b: Matrix): number[][] {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/** The x with A·x = b. Throws `usage.invalid` when A is singular or not square. */
export function solve(matrix: Matrix, right: readonly number[]): number[] {
  const columns = right.map((value) => [value]);
  return solveAll(matrix, columns).map((row) => row[0] ?? NaN);
}

/** The X with A·X = B. Throws `usage.invalid` when A is singular or not square. */
export function solveAll(matrix: Matrix, right: Matrix): number[][] {
  const size = matrix.length;
  if (matrix.some((row) => row.length !== size) || right.length !== size) throw refused("it is not square");
  const work = matrix.map((row, at) => [...row, ...(right[at] ?? [])]);
  const scale = Math.max(...matrix.map((row) => Math.max(...row.map((value) => Math.abs(value)))));
  for (let column = 0; column < size; column += 1) {
    pivot(work, column);
    const top = work[column] ?? [];
    const head = top[column] ?? 0;
    if (!(Math.abs(head) > scale * singularAt)) throw refused("it is singular");
    for (let row = 0; row < size; row += 1) if (row !== column) subtract(work[row] ?? [], top, column, head);
  }
  return work.map((row, at) => row.slice(size).map((value) => value / (row[at] ?? NaN)));
}

function pivot(work: number[][], column: number): void {
  let best = column;
  for (let row = column + 1; row < work.length; row += 1) {
    if (Math.abs(cell(work, row, column)) > Math.abs(cell(work, best, column))) best = row;
  }
  const [a, b] = [work[column], work[best]];
  if (a === undefined || b === undefined) return;
  work[column] = b;
  work[best] = a;
}

function subtract(row: number[], top: readonly number[], column: number, head: number): void {
  const factor = (row[column] ?? 0) / head;
  if (factor === 0) return;
  for (let at = column; at < row.length; at += 1) row[at] = (row[at] ?? NaN) - factor * (top[at] ?? NaN);
}

function refused(problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot solve with this matrix: ${problem}`, {
    hint: "Leave out one of the series that repeat each other, or give more observations",
  });
}
