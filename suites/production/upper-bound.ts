// The exact upper confidence bound of a quantile: the smallest order statistic x(r) with P(Bin(n, q) >= r) <= 1 - confidence.
// Written plainly, term by term from the top, as an own reading of the law.

/** `values` ascending; Infinity when no bound exists at this n. */
export function upperBound(values: readonly number[], quantile: number, confidence: number): number {
  const n = values.length;
  let term = quantile ** n;
  let atLeastR = term;
  let bound = Number.POSITIVE_INFINITY;
  for (let r = n; r >= 1 && atLeastR <= 1 - confidence; r--) {
    bound = values[r - 1] ?? bound;
    term *= (r / (n - r + 1)) * ((1 - quantile) / quantile);
    atLeastR += term;
  }
  return bound;
}

/** The mirror image: the largest order statistic x(l) with P(Bin(n, q) <= l - 1) <= 1 - confidence; 0 when none exists. */
export function lowerBound(values: readonly number[], quantile: number, confidence: number): number {
  const n = values.length;
  let logTerm = n * Math.log1p(-quantile);
  let atMost = 0;
  let bound = 0;
  for (let l = 1; l <= n; l++) {
    atMost += Math.exp(logTerm);
    if (atMost > 1 - confidence) break;
    bound = values[l - 1] ?? bound;
    logTerm += Math.log((n - l + 1) / l) + Math.log(quantile) - Math.log1p(-quantile);
  }
  return bound;
}

/** The exact one-sided lower bound of a success rate (Clopper-Pearson), by bisection. */
export function lowerRate(successes: number, n: number, confidence: number): number {
  if (n === 0) return 0;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const p = (low + high) / 2;
    if (atLeast(successes, n, p) > 1 - confidence) high = p;
    else low = p;
  }
  return low;
}

function atLeast(k: number, n: number, p: number): number {
  let logChoose = 0;
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    if (i > 0) logChoose += Math.log((n - i + 1) / i);
    if (i >= k) sum += Math.exp(logChoose + i * Math.log(p) + (n - i) * Math.log1p(-p));
  }
  return sum;
}
