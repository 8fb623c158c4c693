// Figures for planning and for explaining: power, looks, retries, arms, budgets. Law: measurement §5.1, §5.6, §5.7.
// None of them decides a claim.
import { binomialAtMost, logBinomialPmf } from "./binomial.ts";
import { alphaOf, requiredN } from "./ranks.ts";

/** Chance that at least one of `attempts` passes when each passes with `passPpm`. */
export function retryInflation(passPpm: number, attempts: number): number {
  return 1 - (1 - passPpm / 1e6) ** attempts;
}

/** Chance that n samples with at most k exceedances pass when the true exceedance rate is `exceedPpm`. */
export function power(n: number, k: number, exceedPpm: number): number {
  return binomialAtMost(k, n, exceedPpm);
}

/** Required n for 0…K−1 exceedances when K planned looks share the error probability. */
export function plannedLooks(qPpm: number, confPpm: number, looks: number): readonly (number | null)[] {
  return Array.from({ length: looks }, (_, k) => requiredN(qPpm, alphaOf(confPpm, looks), k));
}

/** False-pass chance of unplanned looks at every size where one more exceedance would still pass, each at full alpha. */
export function repeatedLooks(qPpm: number, confPpm: number, looks: number): number {
  const alpha = alphaOf(confPpm);
  let failing: readonly number[] = [1];
  let before = 0;
  let passed = 0;
  for (let k = 0; k < looks; k += 1) {
    const n = requiredN(qPpm, alpha, k);
    if (n === null) break;
    const added = Array.from({ length: looks + 1 }, (_, x) => Math.exp(logBinomialPmf(x, n - before, 1e6 - qPpm)));
    const next = Array.from({ length: looks + 1 }, (_, total) =>
      failing.reduce((sum, p, x) => sum + p * (total >= x ? (added[total - x] ?? 0) : 0), 0),
    );
    passed += next.slice(0, k + 1).reduce((sum, p) => sum + p, 0);
    failing = next.map((p, total) => (total <= k ? 0 : p));
    before = n;
  }
  return passed;
}

/** Burn rate and share of the budget used. An alarm needs a binomial bound on top. */
export function burnRate(input: {
  readonly bad: number;
  readonly total: number;
  readonly sloPpm: number;
  readonly windowHours: number;
  readonly periodHours: number;
}): { readonly rate: number; readonly budgetUsed: number } {
  const rate = input.bad / input.total / ((1e6 - input.sloPpm) / 1e6);
  return { rate, budgetUsed: (rate * input.windowHours) / input.periodHours };
}

/** Samples for a two-sided 99 % interval of half-width `marginPpm` on the share below a quantile (normal, planning). */
export function marginN(qPpm: number, marginPpm: number): number {
  const z = 2.5758293035489;
  const q = qPpm / 1e6;
  return Math.ceil((z * z * q * (1 - q)) / (marginPpm / 1e6) ** 2);
}

/** Samples per arm to see a relative difference at power 80 %; two-sided 5 % or one-sided non-inferiority. */
export function armSize(cvPpm: number, diffPpm: number, side: "two" | "one"): number {
  const z = (side === "two" ? 1.959963984540054 : 1.6448536269514722) + 0.8416212335729143;
  return Math.ceil(2 * z * z * (cvPpm / diffPpm) ** 2);
}

/** Little's law: mean number in the system. */
export function littlesLaw(ratePerSecond: number, residenceSeconds: number): number {
  return ratePerSecond * residenceSeconds;
}

/** Chance that n honest readings are all multiples of ten: the lint for invented latencies. */
export function granularityChance(n: number): number {
  return 10 ** -n;
}

/** Type 7 quantile, which other tools print: only for explaining a difference to them. */
export function type7(sorted: readonly number[], qPpm: number): number {
  const position = ((sorted.length - 1) * qPpm) / 1e6;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}
