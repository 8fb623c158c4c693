// Every promise of the product as data, fixed before the first sample: the claims of a run on one target.
import { benchRows, type BenchRow } from "./bench-rows.ts";
import { checks, type CheckRow } from "./checks.ts";
import { profiles, samplesOf, type Profile } from "./profiles.ts";
import type { PlannedClaim, Threshold } from "./types.ts";

/** The claims of a run on one target. Claims about the other target are planned as NOT_RUN by the orchestrator. */
export function catalogue(
  target: "local" | "cloud",
  attempt = 1,
  profile: Profile = profiles.gate,
  budgetMicroUsd: number | null = null,
): readonly PlannedClaim[] {
  const rows = benchRows.filter((bench) => samplesOf(profile, bench.group, target) > 0);
  const sized: Sized = { target, attempt, profile };
  return [
    ...(profile.suites ? checks.map((check) => checkClaim(target, check)) : []),
    ...rows.flatMap((bench) => benchClaims(sized, bench)),
    ...rows.filter((bench) => bench.metric.startsWith("bench.sandbox.")).map((bench) => successClaim(sized, bench)),
    ...rows.filter((bench) => bench.group === "hundred" || bench.group === "thousand").map((b) => doneClaim(sized, b)),
    ...costClaims(target, budgetMicroUsd),
    orphanClaim(target),
    ...(target === "local" ? unreachedCloudClaims({ ...sized, target: "cloud" }) : []),
  ];
}

interface Sized {
  readonly target: "local" | "cloud";
  readonly attempt: number;
  readonly profile: Profile;
}

/** A local run says what it does not know: the published limits on the cloud, planned as information and never run. */
function unreachedCloudClaims(sized: Sized): readonly PlannedClaim[] {
  return benchRows
    .filter((bench) => bench.subject === "target" && bench.gates === "required")
    .filter((bench) => samplesOf(sized.profile, bench.group, "local") > 0)
    .flatMap((bench) => benchClaims({ ...sized, attempt: 1 }, bench))
    .filter((claim) => claim.need !== "info")
    .map((claim) => ({ ...claim, metric: `cloud.${claim.metric}`, need: "info" }));
}

/** The j-th attempt must meet alpha/j: a bound with nothing over needs ln(alpha/j)/ln(alpha) times as many samples. */
export function samplesFor(samples: number, attempt: number): number {
  const alpha = 0.05;
  return Math.ceil((samples * Math.log(alpha / attempt)) / Math.log(alpha));
}

/** Enough for a P99 bound with nothing over (299 at alpha 0.05), with a margin, and an end. */
export function stoppingRule(
  attempt: number,
  profile: Profile = profiles.gate,
): { readonly minThinned: number; readonly maxSeconds: number } {
  return { minThinned: samplesFor(315, attempt), maxSeconds: profile.moreSeconds };
}

function checkClaim(target: string, check: CheckRow): PlannedClaim {
  return {
    id: `c-${check.subject === "own-code" ? "local" : target}.${check.id.replaceAll(".", "-")}`,
    sentence: check.sentence,
    layer: check.layer,
    kind: check.kind,
    subject: check.subject,
    metric: `check.${check.id}`,
    estimator: "count",
    qPpm: null,
    confPpm: null,
    unit: "count",
    threshold: { op: "<=", value: 0 },
    need: "required",
    plannedN: check.atLeast,
    provenanceFloor: "measured",
  };
}

const quantilePpm = { p50: 500_000, p95: 950_000, p99: 990_000 } as const;

function benchClaims({ target, attempt, profile }: Sized, bench: BenchRow): readonly PlannedClaim[] {
  const base = {
    layer: "production",
    kind: bench.kind,
    subject: bench.subject,
    metric: bench.metric,
    unit: "ns",
    plannedN: samplesFor(samplesOf(profile, bench.group, target), attempt),
    provenanceFloor: "measured",
  } as const;
  const about = bench.subject === "own-code" ? "local" : target;
  const name = bench.metric.replace(/^bench\./, "").replaceAll(".", "-");
  const id = (label: string): string => `c-${about}.${name}-${label}`;
  const point = (label: keyof typeof quantilePpm): PlannedClaim => ({
    ...base,
    id: id(label),
    sentence: `${bench.title}: ${label.toUpperCase()} of the observed response times`,
    estimator: "quantile.point",
    qPpm: quantilePpm[label],
    confPpm: null,
    threshold: null,
    need: "info",
  });
  const gate = (label: "p95" | "p99", limit: number, need: "required" | "optional", whose: string): PlannedClaim => ({
    ...base,
    id: id(`${label}-${whose === "published" ? "sla" : "local"}`),
    sentence: `${bench.title}: ${label.toUpperCase()} is below the ${whose} limit`,
    estimator: "quantile.upper",
    qPpm: quantilePpm[label],
    confPpm: 950_000,
    threshold: { op: "<", value: limit } satisfies Threshold,
    need,
  });
  const { limitNs, localLimitNs, gates } = bench;
  const published =
    limitNs === null || gates === null ? [] : bench.quantiles.map((q) => gate(q, limitNs, gates, "published"));
  const local =
    target === "local" && localLimitNs !== null ? [gate("p95", localLimitNs, "optional", "local profile's")] : [];
  const shared = { ...base, qPpm: null, threshold: null, need: "info" } as const;
  if (bench.kind === "throughput") {
    const sentence = `${bench.title}: completions per second`;
    return [{ ...shared, id: id("rate"), sentence, estimator: "rate", unit: "count", confPpm: null }, point("p95")];
  }
  return [
    ...published,
    ...local,
    point("p50"),
    point("p95"),
    point("p99"),
    {
      ...shared,
      id: id("max"),
      sentence: `${bench.title}: longest observed`,
      estimator: "max.observed",
      confPpm: 950_000,
    },
  ];
}

/** Nothing that was asked for is left undone: a complete total, compared directly. */
function doneClaim({ target, profile }: Sized, bench: BenchRow): PlannedClaim {
  return {
    id: `c-${target}.${bench.metric.replace(/^bench\./, "").replaceAll(".", "-")}-done`,
    sentence: `${bench.title}: each is done`,
    layer: "production",
    kind: "availability",
    subject: bench.subject,
    metric: bench.metric,
    estimator: "count",
    qPpm: null,
    confPpm: null,
    unit: "count",
    threshold: { op: "<=", value: 0 },
    need: "required",
    plannedN: samplesOf(profile, bench.group, target),
    provenanceFloor: "measured",
  };
}

/** What the run's own sandboxes cost, and what three days of work would: the latter is a model and never gates. */
function costClaims(target: "local" | "cloud", budgetMicroUsd: number | null): readonly PlannedClaim[] {
  const base = {
    layer: "production",
    kind: "cost",
    subject: "target",
    estimator: "cost",
    qPpm: null,
    confPpm: null,
    unit: "microusd",
    plannedN: 1,
  } as const;
  const gated = target === "cloud" && budgetMicroUsd !== null;
  return [
    {
      ...base,
      id: `c-${target}.run-cost`,
      sentence: "What the sandboxes of this run cost at the price list",
      metric: "meter.sandbox-seconds",
      threshold: gated ? { op: "<=", value: budgetMicroUsd } : null,
      need: gated ? "required" : "info",
      provenanceFloor: "modelled",
    },
    ...costScenarios.map((name): PlannedClaim => ({
      ...base,
      id: `c-cloud.cost-scenario-${name}`,
      sentence: `A day of the ${name} scenario at the price list, modelled`,
      metric: `cost.scenario.${name}`,
      threshold: null,
      need: "info",
      provenanceFloor: "modelled",
    })),
  ];
}

export const costScenarios = ["development", "production", "stress"] as const;

function successClaim({ target, attempt, profile }: Sized, bench: BenchRow): PlannedClaim {
  return {
    id: `c-${target}.${bench.metric.replace(/^bench\./, "").replaceAll(".", "-")}-success`,
    sentence: `${bench.title}: the first attempt succeeds`,
    layer: "production",
    kind: "availability",
    subject: bench.subject,
    metric: bench.metric,
    estimator: "proportion.lower",
    qPpm: null,
    confPpm: 950_000,
    unit: "ppm",
    threshold: { op: ">=", value: 900_000 },
    need: "required",
    plannedN: samplesFor(samplesOf(profile, bench.group, target), attempt),
    provenanceFloor: "measured",
  };
}

function orphanClaim(target: string): PlannedClaim {
  return {
    id: `c-${target}.orphans`,
    sentence: "No sandbox of this run is left on the target when it ends",
    layer: "production",
    kind: "safety",
    subject: "target",
    metric: "check.run.orphans",
    estimator: "count",
    qPpm: null,
    confPpm: null,
    unit: "count",
    threshold: { op: "<=", value: 0 },
    need: "required",
    plannedN: 1,
    provenanceFloor: "measured",
  };
}
