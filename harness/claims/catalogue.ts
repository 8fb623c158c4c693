// Every promise of the product as data, fixed before the first sample: the claims of a run on one target.
import { benchRows, type BenchRow } from "./bench-rows.ts";
import { checks, type CheckRow } from "./checks.ts";
import type { PlannedClaim, Threshold } from "./types.ts";

/** The claims of a run on one target. Claims about the other target are planned as NOT_RUN by the orchestrator. */
export function catalogue(target: "local" | "cloud", attempt = 1): readonly PlannedClaim[] {
  const sandboxRows = benchRows.filter((bench) => bench.metric.startsWith("bench.sandbox."));
  return [
    ...checks.map((check) => checkClaim(target, check)),
    ...benchRows.flatMap((bench) => benchClaims(target, bench, attempt)),
    ...sandboxRows.map((bench) => successClaim(target, bench)),
    orphanClaim(target),
    ...(target === "local" ? unreachedCloudClaims() : []),
  ];
}

/** A local run says what it does not know: the published limits on the cloud, planned as information and never run. */
function unreachedCloudClaims(): readonly PlannedClaim[] {
  return benchRows
    .filter((bench) => bench.subject === "target")
    .flatMap((bench) => benchClaims("cloud", bench, 1))
    .filter((claim) => claim.need !== "info")
    .map((claim) => ({ ...claim, metric: `cloud.${claim.metric}`, need: "info" }));
}

/** The j-th attempt must meet alpha/j: a bound with nothing over needs ln(alpha/j)/ln(alpha) times as many samples. */
export function samplesFor(samples: number, attempt: number): number {
  const alpha = 0.05;
  return Math.ceil((samples * Math.log(alpha / attempt)) / Math.log(alpha));
}

/** Enough for a P95 bound with nothing over (59 at alpha 0.05), with a margin, and an end. */
export function stoppingRule(attempt: number): { readonly minThinned: number; readonly maxSeconds: number } {
  return { minThinned: samplesFor(62, attempt), maxSeconds: 60 };
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

function benchClaims(target: "local" | "cloud", bench: BenchRow, attempt: number): readonly PlannedClaim[] {
  const base = {
    layer: "production",
    kind: "latency",
    subject: bench.subject,
    metric: bench.metric,
    unit: "ns",
    plannedN: samplesFor(bench.samples[target], attempt),
    provenanceFloor: "measured",
  } as const;
  const about = bench.subject === "own-code" ? "local" : target;
  const name = bench.metric.replace(/^bench\./, "").replaceAll(".", "-");
  const point = (q: number, label: string): PlannedClaim => ({
    ...base,
    id: `c-${about}.${name}-${label}`,
    sentence: `${bench.title}: ${label.toUpperCase()} of the observed response times`,
    estimator: "quantile.point",
    qPpm: q,
    confPpm: null,
    threshold: null,
    need: "info",
  });
  const gate = (limit: number, label: string, need: "required" | "optional", sentence: string): PlannedClaim => ({
    ...base,
    id: `c-${about}.${name}-${label}`,
    sentence,
    estimator: "quantile.upper",
    qPpm: 950_000,
    confPpm: 950_000,
    threshold: { op: "<", value: limit } satisfies Threshold,
    need,
  });
  const gates: PlannedClaim[] = [];
  if (bench.limitNs !== null) {
    // Published limits are promises about the cloud. On a shared local machine correlated samples may leave their exact
    // gate undecided, which is shown and makes a run conditional; that every bound holds on the raw samples stays required.
    const need = target === "cloud" ? "required" : "optional";
    gates.push(gate(bench.limitNs, "p95-sla", need, `${bench.title}: P95 is below the published limit`));
  }
  if (target === "local" && bench.localLimitNs !== null) {
    gates.push(
      gate(bench.localLimitNs, "p95-local", "optional", `${bench.title}: P95 is below the local profile's limit`),
    );
  }
  return [
    ...gates,
    point(500_000, "p50"),
    point(950_000, "p95"),
    point(990_000, "p99"),
    {
      ...base,
      id: `c-${about}.${name}-max`,
      sentence: `${bench.title}: longest observed`,
      estimator: "max.observed",
      qPpm: null,
      confPpm: 950_000,
      threshold: null,
      need: "info",
    },
  ];
}

function successClaim(target: string, bench: BenchRow): PlannedClaim {
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
    plannedN: 29,
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
