// One resample of a series that keeps its short memory: Politis and Romano, "The Stationary Bootstrap" (1994).

/**
 * Fills `out` (as long as `values`) with blocks that begin anywhere and run on around the end. Each value after the first begins a
 * new block with probability 1/`block`, so blocks are `block` long on the average (at least 1, which draws every value by itself).
 * `uniform` is asked once per value, and once more per block.
 */
export function resample(values: Float64Array, block: number, uniform: () => number, out: Float64Array): void {
  const n = values.length;
  let place = 0;
  for (let k = 0; k < n; k += 1) {
    if (k === 0 || uniform() * block < 1) place = Math.floor(uniform() * n);
    else place = place + 1 === n ? 0 : place + 1;
    out[k] = values[place] ?? NaN;
  }
}
