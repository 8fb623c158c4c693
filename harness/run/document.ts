// From a judged run to what the printer draws. Nothing is judged here; every figure comes from the claims or the records.
import type { Certified } from "../certify/certify.ts";
import { costOf } from "../certify/cost.ts";
import { benchRows } from "../claims/bench-rows.ts";
import type { ParsedEvidence } from "../claims/bundle.ts";
import type { MeterRecord } from "../claims/events.ts";
import { checks, layers } from "../claims/checks.ts";
import type { Sample } from "../claims/types.ts";
import type { OpenRun } from "../evidence/open-run.ts";
import type { CheckRecord, CostSheet, LatencySeries, RunDocument } from "../render/run-document.ts";
import { referenceSwarm } from "../../src/swarm/reference-swarm.ts";
import type { RunRequest } from "./request.ts";
import type { CheckEnd } from "./run-layer.ts";

export interface DocumentInput {
  readonly run: OpenRun;
  readonly request: RunRequest;
  readonly evidence: ParsedEvidence;
  readonly certified: Certified;
  readonly ends: readonly CheckEnd[];
  readonly finishedAtMs: number;
}

export function documentOf(input: DocumentInput): RunDocument {
  const { run, evidence, certified, ends } = input;
  const { plan } = run;
  return {
    run: runInfo(input),
    verdict: certified.judgement.verdict,
    conditions: [...new Set(certified.judgement.reasons.map((reason) => withClaim(reason)))],
    planned: plan.claims,
    claims: certified.claims,
    latencies: benchRows.flatMap((row) => seriesOf(row.metric, row.title, evidence, certified)),
    env: environment(run),
    checks: checks.map((check) => checkRecord(check.id, input)),
    layersNotReached: layers.filter((layer) => !ends.some((end) => layerOf(end.id) === layer)),
    cost: costSheet(input),
    topology: topology(),
    notTested: notTested(input),
  };
}

function withClaim(reason: { readonly sentence: string; readonly claim: string | null }): string {
  return reason.claim === null ? reason.sentence : `${reason.sentence} (${reason.claim})`;
}

function layerOf(checkId: string): string | undefined {
  return checkId.split(".")[0];
}

function runInfo({ run, certified, finishedAtMs }: DocumentInput): RunDocument["run"] {
  const { plan, fingerprint, context } = run;
  return {
    id: plan.run,
    startedAt: new Date(plan.createdAtMs).toISOString(),
    finishedAt: new Date(finishedAtMs).toISOString(),
    durationMs: Math.max(0, finishedAtMs - plan.createdAtMs),
    packageVersion: fingerprint.package,
    commit: fingerprint.commit ?? "unknown",
    dirty: fingerprint.dirty !== false,
    node: fingerprint.node,
    e2bSdk: fingerprint.e2bSdk,
    target: plan.target,
    isolation: plan.isolation,
    assurance: certified.judgement.assurance,
    attempt: plan.attempt,
    planSha256: context.planSha256,
    // Known only when everything else of the bundle is written; closeRun hands it to the printer.
    manifestSha256: "",
    expiresAt: plan.expiresAtMs === undefined ? null : new Date(plan.expiresAtMs).toISOString(),
  };
}

function environment({ fingerprint }: OpenRun): Record<string, string | number> {
  const rows = Object.entries(fingerprint).map(([name, value]) => [name, value ?? "unknown"] as const);
  return Object.fromEntries(rows.map(([name, value]) => [name, typeof value === "boolean" ? String(value) : value]));
}

function seriesOf(metric: string, title: string, evidence: ParsedEvidence, certified: Certified): LatencySeries[] {
  const claim = certified.claims.find((one) => one.metric === metric);
  const measured = evidence.samples
    .filter((file) => file.header.metric === metric)
    .flatMap((file) => file.samples)
    .filter((sample) => sample.ph === "measure");
  if (claim === undefined || measured.length === 0) return [];
  const responses = measured
    .map((sample) => ({ ns: responseNs(sample), censored: sample.out !== "ok" }))
    .sort((a, b) => Number(a.censored) - Number(b.censored) || a.ns - b.ns);
  const serviceNs = measured
    .flatMap(({ out, dur }) => (out === "ok" && dur !== null ? [dur] : []))
    .sort((a, b) => a - b);
  return [{ metric, title, provenance: claim.provenance, target: claim.target, responses, serviceNs }];
}

function responseNs({ sch, st, dur }: Sample): number {
  return st === null || dur === null ? 0 : st + dur - sch;
}

function checkRecord(id: string, { run, evidence, ends }: DocumentInput): CheckRecord {
  const row = checks.find((check) => check.id === id);
  const planned = run.plan.claims.find((claim) => claim.metric === `check.${id}`);
  if (row === undefined || planned === undefined) throw new Error(`Invariant broken: ${id} has a row and a claim`);
  const end = ends.find((one) => one.id === id);
  const seen = evidence.observations
    .filter((file) => file.header.metric === planned.metric)
    .flatMap((file) => file.observations);
  const failed = seen.filter((observation) => observation.out !== "ok");
  const reached = seen.length > 0;
  return {
    id,
    layer: row.layer,
    title: row.title,
    claimId: planned.id,
    observations: seen.length,
    failed: failed.length,
    failures: failed.map(({ what, expected, observed }) => ({ what, expected, observed })),
    durationMs: end?.durationMs ?? 0,
    state: !reached ? "not-run" : failed.length > 0 || end?.state === "failed" ? "failed" : "passed",
    reason: reached ? "" : (end?.reason ?? "the run did not reach it"),
  };
}

function costSheet({ run, evidence }: DocumentInput): CostSheet {
  const { priceList, target } = run.plan;
  const meters = evidence.events
    .flatMap((file) => file.events)
    .filter((event) => event.k === "meter")
    .filter((meter) => meter.metric === "meter.sandbox-seconds");
  if (priceList === null) throw new Error("Invariant broken: a run is planned with a price list");
  const totalMicroUsd = costOf(run.plan, meters) ?? 0;
  const provenance = target === "local" ? "modelled" : "measured";
  const line = (what: string, quantity: number, unit: string, microUsd: number) =>
    ({ what, quantity, unit, microUsd, provenance }) as const;
  const vcpuSeconds = secondsOf(meters, (meter) => meter.vcpu);
  const gibSeconds = secondsOf(meters, (meter) => meter.memMiB / 1024);
  const cpuMicroUsd = Math.min(totalMicroUsd, Math.round((vcpuSeconds * priceList.nanoUsdPerVcpuSecond) / 1000));
  return {
    priceList: { id: priceList.id, source: priceList.url, date: priceList.date, sha256: priceList.sha256 },
    lines: [
      line("virtual CPU", vcpuSeconds, "vCPU seconds", cpuMicroUsd),
      line("memory", gibSeconds, "GiB seconds", totalMicroUsd - cpuMicroUsd),
    ],
    totalMicroUsd,
  };
}

/** Whole seconds, rounded up, of what `size` says each sandbox had. */
function secondsOf(meters: readonly MeterRecord[], size: (meter: MeterRecord) => number): number {
  return Math.ceil(meters.reduce((sum, meter) => sum + (meter.ns / 1e9) * size(meter), 0));
}

/** Who hears whom in the reference swarm: the coordinator reads what its four peers wrote. */
function topology(): NonNullable<RunDocument["topology"]> {
  const hub = referenceSwarm.find((agent) => agent.role === "coordinator")?.agentId ?? "";
  return {
    nodes: referenceSwarm.map(({ agentId, role }) => ({ id: agentId, role })),
    edges: referenceSwarm.filter(({ agentId }) => agentId !== hub).map(({ agentId }) => ({ from: agentId, to: hub })),
  };
}

function notTested({ run, request, ends }: DocumentInput): string[] {
  const { target, isolation } = run.plan;
  const other =
    target === "local" ? ["E2B's cloud: no cloud key was given to this run, so no claim about it was measured"] : [];
  const open = isolation === "none" ? ["Isolation: the run was asked to use none"] : [];
  const bench = request.bench ? [] : ["The benchmark: it was left out on request"];
  const skipped = ends.filter((end) => end.state === "not-run").map((end) => `${end.id}: ${end.reason}`);
  const honest = [
    "Recovery after faults, Byzantine members, networks between hosts, live market feeds and real orders",
  ];
  return [...other, ...open, ...bench, ...skipped, ...honest];
}
