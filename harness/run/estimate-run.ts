// What a run would take, before anything runs: samples, minutes and dollars of each claim, its power, and what fewer samples
// would support. Law: measurement 5.1: power decides n. Everything but the numbers of samples is an assumption.
import { maxExceedances, requiredN } from "../certify/statistics/ranks.ts";
import { alphaOf } from "../certify/statistics/ranks.ts";
import { power } from "../certify/statistics/planning.ts";
import { benchRows } from "../claims/bench-rows.ts";
import { catalogue } from "../claims/catalogue.ts";
import type { PriceList } from "../claims/plan.ts";
import { sampleCosts, suiteCosts } from "../claims/plan-costs.ts";
import { samplesOf, type BenchGroup, type Profile } from "../claims/profiles.ts";
import type { PlannedClaim } from "../claims/types.ts";

export interface ClaimEstimate {
  readonly id: string;
  readonly sentence: string;
  readonly need: PlannedClaim["need"];
  readonly samples: number;
  /** Wall time and money of its metric; claims of one group share them, so the total is less than their sum. */
  readonly seconds: number;
  readonly microUsd: number;
  /** Chance that a good system passes when so many millionths of its answers are over the limit; null without a bound. */
  readonly powerPpm: { readonly at1000: number; readonly at2000: number; readonly at5000: number } | null;
  /** Answers over the limit that still pass; null without a bound or with too few samples for any. */
  readonly mayExceed: number | null;
  /** The strongest statement that fewer samples support, none of them over. */
  readonly fewer: readonly { readonly samples: number; readonly supports: string }[];
}

export interface RunEstimate {
  readonly claims: readonly ClaimEstimate[];
  readonly samples: number;
  readonly seconds: number;
  readonly sandboxSeconds: number;
  readonly microUsd: number;
}

interface Terms {
  readonly profile: Profile;
  readonly target: "local" | "cloud";
  readonly attempt: number;
  readonly prices: PriceList;
  readonly budgetMicroUsd: number | null;
}

export function estimateRun(terms: Terms): RunEstimate {
  const { profile, target, attempt, budgetMicroUsd } = terms;
  const claims = catalogue(target, attempt, profile, budgetMicroUsd).filter((claim) => !isUnreached(claim, target));
  const groups = new Map(benchRows.map((row) => [row.metric, row.group]));
  const rows = claims.map((claim) => estimateClaim(claim, groups.get(claim.metric) ?? null, terms));
  const used = new Set(claims.flatMap((claim) => groups.get(claim.metric) ?? []));
  const suites = profile.suites ? suiteCosts[target] : { seconds: 0, sandboxSeconds: 0 };
  const seconds = [...used].reduce((sum, group) => sum + secondsOf(group, terms), suites.seconds);
  const sandboxSeconds = [...used].reduce((sum, group) => sum + sandboxSecondsOf(group, terms), suites.sandboxSeconds);
  const metrics = new Map(claims.map((claim) => [claim.metric, claim.plannedN]));
  return {
    claims: rows,
    samples: [...metrics.values()].reduce((sum, n) => sum + n, 0),
    seconds: Math.ceil(seconds),
    sandboxSeconds: Math.ceil(sandboxSeconds),
    microUsd: microUsdOf(sandboxSeconds, terms.prices),
  };
}

/** The other target's promises stand in a local plan as what it does not know. */
function isUnreached(claim: PlannedClaim, target: string): boolean {
  return target === "local" && claim.metric.startsWith("cloud.");
}

function estimateClaim(claim: PlannedClaim, group: BenchGroup | null, terms: Terms): ClaimEstimate {
  const { id, sentence, need, plannedN } = claim;
  const bound = boundOf(claim);
  const alpha = alphaOf(claim.confPpm ?? 950_000, terms.attempt);
  const most = bound === null ? null : maxExceedances(plannedN, bound, alpha);
  const chance = (exceedPpm: number): number =>
    most === null ? 0 : Math.floor(power(plannedN, most, exceedPpm) * 1e6);
  return {
    id,
    sentence,
    need,
    samples: plannedN,
    seconds: group === null ? 0 : Math.ceil(secondsOf(group, terms)),
    microUsd: group === null ? 0 : microUsdOf(sandboxSecondsOf(group, terms), terms.prices),
    powerPpm: bound === null ? null : { at1000: chance(1_000), at2000: chance(2_000), at5000: chance(5_000) },
    mayExceed: most,
    fewer: bound === null ? [] : strongestWithFewer(plannedN, alpha),
  };
}

/** The share that must lie within: of a quantile, or of successes. */
function boundOf({ estimator, qPpm, threshold }: PlannedClaim): number | null {
  if (estimator === "quantile.upper") return qPpm;
  return estimator === "proportion.lower" ? (threshold?.value ?? null) : null;
}

const ladder = [990_000, 950_000, 900_000, 500_000] as const;

/** Sizes below the planned one at which a weaker quantile can still be bounded, none over. */
export function strongestWithFewer(planned: number, alpha: number): ClaimEstimate["fewer"] {
  return ladder.flatMap((qPpm) => {
    const samples = requiredN(qPpm, alpha, 0);
    return samples === null || samples >= planned ? [] : [{ samples, supports: `P${qPpm / 10_000}` }];
  });
}

function secondsOf(group: BenchGroup, { profile, target }: Terms): number {
  const { seconds } = sampleCosts[target][group];
  const each = seconds === "arrival" ? profile.arrivalMs[target] / 1_000 : seconds;
  return each * samplesOf(profile, group, target);
}

function sandboxSecondsOf(group: BenchGroup, { profile, target }: Terms): number {
  return sampleCosts[target][group].sandboxSeconds * samplesOf(profile, group, target);
}

/** Default sandboxes: one virtual CPU, half a GiB. */
function microUsdOf(sandboxSeconds: number, prices: PriceList): number {
  return Math.ceil((sandboxSeconds * (prices.nanoUsdPerVcpuSecond + prices.nanoUsdPerGibSecond / 2)) / 1_000);
}
