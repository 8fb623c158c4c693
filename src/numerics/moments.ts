// Means, spreads and quantiles of columns, in two passes. Every sum runs from the first value to the last, so that a result is
// the same bits on every machine.

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? NaN;
  return sum / values.length;
}

function sumOfProducts(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] ?? NaN) - meanA) * ((b[i] ?? NaN) - meanB);
  return sum;
}

/** Sum of products of deviations over n-1. */
export function sampleCovariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return sumOfProducts(a, b) / (a.length - 1);
}

/** Square root of the sum of squared deviations over n-1. */
export function sampleSd(values: ArrayLike<number>): number {
  return Math.sqrt(sampleCovariance(values, values));
}

/** Square root of the sum of squared deviations over n. */
export function populationSd(values: ArrayLike<number>): number {
  return Math.sqrt(sumOfProducts(values, values) / values.length);
}

/** Skewness γ₃ and kurtosis γ₄ (3 for a normal), both with population moments. NaN without spread. */
export function shape(values: ArrayLike<number>): { readonly skewness: number; readonly kurtosis: number } {
  const [centre, sd] = [mean(values), populationSd(values)];
  let [third, fourth] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const z = ((values[i] ?? NaN) - centre) / sd;
    third += z ** 3;
    fourth += z ** 4;
  }
  return { skewness: third / values.length, kurtosis: fourth / values.length };
}

/** The q-quantile with linear interpolation between order statistics. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = q * (sorted.length - 1);
  const low = Math.floor(place);
  const [a = NaN, b = a] = [sorted[low], sorted[low + 1]];
  return a + (b - a) * (place - low);
}
