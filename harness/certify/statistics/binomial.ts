// Exact binomial tails. Law: measurement §5, "sum the shorter binomial tail in log space". Rates come in as whole parts
// per million so that a gate never depends on how a decimal was typed.

const stirlingFrom = 30;
const logSqrtTwoPi = Math.log(2 * Math.PI) / 2;

/** ln(n!) for a whole n ≥ 0; Stirling's series from 30 on, whose first left-out term is below 1e-14 there. */
export function logFactorial(n: number): number {
  if (n < stirlingFrom) {
    let product = 1;
    for (let i = 2; i <= n; i += 1) product *= i;
    return Math.log(product);
  }
  const x = n + 1;
  const square = x * x;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / x;
  return (x - 0.5) * Math.log(x) - x + logSqrtTwoPi + series;
}

/** ln P(X = k) for X ~ Bin(n, pPpm / 1e6), with 0 < pPpm < 1e6 and 0 ≤ k ≤ n. */
export function logBinomialPmf(k: number, n: number, pPpm: number): number {
  const choose = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  return choose + k * Math.log(pPpm / 1e6) + (n - k) * Math.log((1e6 - pPpm) / 1e6);
}

/** P(X ≤ k), X ~ Bin(n, pPpm / 1e6). 0 for k < 0, 1 for k ≥ n. */
export function binomialAtMost(k: number, n: number, pPpm: number): number {
  if (k < 0) return 0;
  if (k >= n || pPpm <= 0) return 1;
  if (pPpm >= 1e6) return 0;
  return (k + 0.5) * 1e6 < n * pPpm ? sumDown(k, n, pPpm) : 1 - sumUp(k + 1, n, pPpm);
}

/** P(X ≥ k), X ~ Bin(n, pPpm / 1e6). 1 for k ≤ 0, 0 for k > n. */
export function binomialAtLeast(k: number, n: number, pPpm: number): number {
  if (k <= 0) return 1;
  if (k > n || pPpm <= 0) return 0;
  if (pPpm >= 1e6) return 1;
  return (k - 0.5) * 1e6 > n * pPpm ? sumUp(k, n, pPpm) : 1 - sumDown(k - 1, n, pPpm);
}

function sumDown(k: number, n: number, pPpm: number): number {
  const odds = (1e6 - pPpm) / pPpm;
  let term = Math.exp(logBinomialPmf(k, n, pPpm));
  let sum = term;
  for (let i = k; i > 0 && term > sum * 1e-18; i -= 1) {
    term *= (i / (n - i + 1)) * odds;
    sum += term;
  }
  return Math.min(1, sum);
}

function sumUp(k: number, n: number, pPpm: number): number {
  const odds = pPpm / (1e6 - pPpm);
  let term = Math.exp(logBinomialPmf(k, n, pPpm));
  let sum = term;
  for (let i = k; i < n && term > sum * 1e-18; i += 1) {
    term *= ((n - i) / (i + 1)) * odds;
    sum += term;
  }
  return Math.min(1, sum);
}

/** `probability ≤ alpha`, forgiving the last bits of a double: at equality the exact answer is "yes". */
export function withinAlpha(probability: number, alpha: number): boolean {
  return probability <= alpha * (1 + 1e-11);
}
