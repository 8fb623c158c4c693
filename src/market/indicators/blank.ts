// Indicator columns start as NaN: no value before the first bar that has one.

/** A column of `length` NaNs. */
export function blank(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}

/** Reads a column; NaN outside of it. */
export function at(column: Float64Array, bar: number): number {
  return column[bar] ?? NaN;
}
