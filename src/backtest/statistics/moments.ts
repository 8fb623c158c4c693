// Means and spreads of columns, in two passes.

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? NaN;
  return sum / values.length;
}

/** Sum of products of deviations over n-1. */
export function sampleCovariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] ?? NaN) - meanA) * ((b[i] ?? NaN) - meanB);
  return sum / (a.length - 1);
}

export function sampleSd(values: ArrayLike<number>): number {
  return Math.sqrt(sampleCovariance(values, values));
}

/** The q-quantile with linear interpolation between order statistics. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = q * (sorted.length - 1);
  const low = Math.floor(place);
  const [a = NaN, b = a] = [sorted[low], sorted[low + 1]];
  return a + (b - a) * (place - low);
}
