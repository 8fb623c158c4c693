// Probability of backtest overfitting by combinatorially symmetric cross-validation: Bailey, Borwein, López de Prado and Zhu
// (2017). In every split into two halves of the blocks, does the best of one half still lead in the other?

const blocks = 16;
/** Fewer periods per block say nothing about a ratio of mean and deviation. */
const leastPerBlock = 2;

export interface Overfitting {
  /** Share of splits in which the in-sample best lies at or below the out-of-sample median. */
  readonly probability: number;
  readonly splits: number;
}

interface Sums {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** One row of period returns per trial, all of equal length. null with fewer than two trials or too few periods. */
export function overfitting(trials: readonly ArrayLike<number>[]): Overfitting | null {
  const periods = trials[0]?.length ?? 0;
  if (trials.length < 2 || periods < blocks * leastPerBlock) return null;
  const sums = trials.map((returns) =>
    Array.from({ length: blocks }, (_, block) => blockSums(returns, block, periods)),
  );
  let [splits, failed] = [0, 0];
  for (let mask = 0; mask < 2 ** blocks; mask += 1) {
    if (bits(mask) !== blocks / 2) continue;
    const inside = sums.map((row) => ratioOf(row, mask));
    const outside = sums.map((row) => ratioOf(row, ~mask));
    const best = inside.indexOf(Math.max(...inside));
    const own = outside[best] ?? NaN;
    const below = outside.filter((value) => value < own).length;
    const level = outside.filter((value) => value === own).length;
    splits += 1;
    // Relative rank of the in-sample best, ties shared: at or below one half it is no better than the middle.
    if ((below + (level + 1) / 2) / (outside.length + 1) <= 0.5) failed += 1;
  }
  return { probability: failed / splits, splits };
}

function blockSums(returns: ArrayLike<number>, block: number, periods: number): Sums {
  const [from, to] = [Math.floor((block * periods) / blocks), Math.floor(((block + 1) * periods) / blocks)];
  let [sum, squares] = [0, 0];
  for (let at = from; at < to; at += 1) {
    const value = returns[at] ?? NaN;
    sum += value;
    squares += value * value;
  }
  return { count: to - from, sum, squares };
}

/** Mean over deviation of the blocks in the mask; 0 where nothing moves. */
function ratioOf(row: readonly Sums[], mask: number): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const [block, part] of row.entries()) {
    if ((mask & (1 << block)) === 0) continue;
    count += part.count;
    sum += part.sum;
    squares += part.squares;
  }
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  return variance > 0 ? mean / Math.sqrt(variance) : 0;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
