// How often does the gate pass a system that sits exactly at its limit? Simulated with seeded draws through the gate itself, beside
// the exact chance. Law: measurement §5.1: at most α, whatever the quantile and the sample size.
import { binomialAtMost } from "../../harness/certify/statistics/binomial.ts";
import { lowerBoundPpm, upperBoundPpm } from "../../harness/certify/statistics/proportion-gate.ts";
import { gateBelow } from "../../harness/certify/statistics/quantile-gate.ts";
import { alphaOf, maxExceedances } from "../../harness/certify/statistics/ranks.ts";
import { mulberry32 } from "../../harness/certify/statistics/seeded.ts";
import { type7 } from "../../harness/certify/statistics/planning.ts";

export interface Setting {
  readonly qPpm: number;
  readonly n: number;
}

export interface FalsePasses extends Setting {
  readonly runs: number;
  readonly passes: number;
  /** One-sided 95 % bounds on the true rate, ppm. */
  readonly lowerPpm: number;
  readonly upperPpm: number;
  /** The exact chance, ppm rounded up; null for a rule that has none in closed form. */
  readonly exactPpm: number | null;
  /** False when the simulation refutes "at most 5 %", or the exact chance is above it. */
  readonly holds: boolean;
}

const confPpm = 950_000;
const mostPpm = 1_000_000 - confPpm;
const limit = 1_000_000;

/** A rule sees how many of n values lie at or above the limit, all others below it. */
export type Rule = (over: number, setting: Setting) => boolean;

/** The court's own gate. */
export const gateRule: Rule = (over, { n, qPpm }) => {
  const readings = Array.from({ length: n }, (_, i) => ({ value: i < over ? limit : limit - 1 - i, censored: false }));
  return gateBelow(readings, { qPpm, alpha: alphaOf(confPpm), limit }).verdict === "PASS";
};

/** What most tools do: the interpolated sample quantile is below the limit. Values over it lie just above, log-normal or not. */
export const interpolatingRule: Rule = (over, { n, qPpm }) => {
  const values = Array.from({ length: n }, (_, i) => (i < n - over ? limit - n + i : limit + i));
  return type7(values, qPpm) < limit;
};

/** `seed` fixes every draw. A value is over the limit with chance 1 − q. */
export function simulateFalsePasses(setting: Setting, runs: number, seed: number, rule: Rule = gateRule): FalsePasses {
  const { n, qPpm } = setting;
  const draw = mulberry32(seed);
  const share = qPpm / 1e6;
  const known = new Map<number, boolean>();
  let passes = 0;
  for (let run = 0; run < runs; run += 1) {
    let over = 0;
    for (let i = 0; i < n; i += 1) if (draw() >= share) over += 1;
    const passed = known.get(over) ?? rule(over, setting);
    known.set(over, passed);
    if (passed) passes += 1;
  }
  const most = rule === gateRule ? maxExceedances(n, qPpm, alphaOf(confPpm)) : undefined;
  const exactPpm = most === undefined ? null : most === null ? 0 : Math.ceil(1e6 * binomialAtMost(most, n, 1e6 - qPpm));
  const lowerPpm = lowerBoundPpm(passes, runs, 0.05);
  const upperPpm = upperBoundPpm(passes, runs, 0.05);
  const holds = lowerPpm <= mostPpm && (exactPpm ?? 0) <= mostPpm;
  return { ...setting, runs, passes, lowerPpm, upperPpm, exactPpm, holds };
}

/** Quantiles and sample sizes that the court plans with. */
export const settings: readonly Setting[] = [500_000, 950_000, 990_000].flatMap((qPpm) =>
  [59, 299, 773, 1_000].map((n) => ({ qPpm, n })),
);

export function tableOf(results: readonly FalsePasses[]): readonly string[] {
  const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)} %`;
  const cells = results.map(({ qPpm, n, runs, passes, upperPpm, exactPpm, holds }) => [
    `P${qPpm / 10_000}`,
    String(n),
    percent(Math.round((passes / runs) * 1e6)),
    percent(upperPpm),
    exactPpm === null ? "" : percent(exactPpm),
    holds ? "at most 5 %" : "TOO OFTEN",
  ]);
  const head = ["gate", "n", "passed at the limit", "at most, 95 %", "exact", ""];
  const widths = [6, 6, 21, 15, 9, 0];
  return [head, ...cells].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("")
      .trimEnd(),
  );
}
