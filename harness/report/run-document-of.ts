// From the files of a judged run to what the printer draws. Nothing is judged here, and nothing is known that the bundle does
// not hold, so that the same bundle gives the same document at any later time.
import { costMicroUsd, costOf } from "../certify/cost.ts";
import { benchRows } from "../claims/bench-rows.ts";
import type { ParsedEvidence, RunJudgement } from "../claims/bundle.ts";
import { checks, layers, type CheckRow, type Layer } from "../claims/checks.ts";
import type { MeterRecord } from "../claims/events.ts";
import type { Plan } from "../claims/plan.ts";
import { readRunNotes, type CheckEnding, type RunNotes } from "../claims/run-notes.ts";
import type { Claim, Sample } from "../claims/types.ts";
import type { Fingerprint } from "../evidence/env.ts";
import type { CheckRecord, CostSheet, LatencySeries, RunDocument, SpendPoint } from "../render/run-document.ts";

/** A bundle as its files say, before or after `claims.json` was written. */
export interface JudgedBundle {
  readonly plan: Plan;
  readonly planSha256: string;
  readonly fingerprint: Fingerprint;
  readonly evidence: ParsedEvidence;
  readonly claims: readonly Claim[];
  readonly judgement: RunJudgement;
}

/** Most steps of the spending chart. */
const mostSteps = 200;

/** `manifestSha256`: digest of the closed manifest with an empty `reports`. */
export function runDocumentOf(bundle: JudgedBundle, manifestSha256: string): RunDocument {
  const { plan, evidence, judgement, claims } = bundle;
  const notes = readRunNotes(evidence.events);
  const ends = notes.ends.length > 0 ? notes.ends : endsOf(evidence);
  const { wiring } = notes;
  return {
    run: runInfo(bundle, notes, manifestSha256),
    verdict: judgement.verdict,
    conditions: [...new Set(judgement.reasons.map((reason) => withClaim(reason)))],
    planned: plan.claims,
    claims,
    latencies: benchRows.flatMap((row) => seriesOf(row.metric, row.title, bundle)),
    env: environment(bundle.fingerprint),
    checks: checks.flatMap((check) => checkRecord(check, bundle, ends)),
    layersNotReached: plannedLayers(plan).filter((layer) => !ends.some((end) => layerOf(end.id) === layer)),
    cost: costSheet(bundle),
    ...(wiring === null ? {} : { topology: wiring }),
    notTested: notTested(bundle, notes, ends),
    faults: notes.faults,
    equity: notes.equity,
    spending: spending(bundle),
    signOffs: [],
  };
}

function withClaim(reason: { readonly sentence: string; readonly claim: string | null }): string {
  return reason.claim === null ? reason.sentence : `${reason.sentence} (${reason.claim})`;
}

function plannedLayers({ claims }: Plan): readonly Layer[] {
  const metrics = new Set(claims.map((claim) => claim.metric));
  return layers.filter((layer) => checks.some((check) => check.layer === layer && metrics.has(`check.${check.id}`)));
}

function layerOf(checkId: string): string | undefined {
  return checkId.split(".")[0];
}

/** Bundles without notes about their checks: a shard that ended was a check that ran. */
function endsOf({ events }: ParsedEvidence): readonly CheckEnding[] {
  return checks.flatMap(({ id }): readonly CheckEnding[] => {
    const file = events.find(({ path }) => path === `events/check-${id.replaceAll(".", "-")}.ndjson`);
    const [first, last] = [file?.events[0], file?.events.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ id, state: "passed", reason: "", durationMs: Math.round((last.t - first.t) / 1e6) }];
  });
}

function runInfo(bundle: JudgedBundle, { ending }: RunNotes, manifestSha256: string): RunDocument["run"] {
  const { plan, planSha256, fingerprint, judgement, evidence } = bundle;
  const lastNs = evidence.events.reduce((last, file) => Math.max(last, file.events.at(-1)?.t ?? 0), 0);
  const finishedAtMs = ending?.finishedAtMs ?? plan.createdAtMs + Math.round(lastNs / 1e6);
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
    assurance: judgement.assurance,
    attempt: plan.attempt,
    planSha256,
    manifestSha256,
    expiresAt: plan.expiresAtMs === undefined ? null : new Date(plan.expiresAtMs).toISOString(),
  };
}

function environment(fingerprint: Fingerprint): Record<string, string | number> {
  const rows = Object.entries(fingerprint).map(([name, value]) => [name, value ?? "unknown"] as const);
  return Object.fromEntries(rows.map(([name, value]) => [name, typeof value === "boolean" ? String(value) : value]));
}

function seriesOf(metric: string, title: string, { evidence, claims }: JudgedBundle): LatencySeries[] {
  const claim = claims.find((one) => one.metric === metric);
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

/** A check without a claim in the plan is no part of the run. */
function checkRecord(
  { id, layer, title }: CheckRow,
  { plan, evidence }: JudgedBundle,
  ends: readonly CheckEnding[],
): readonly CheckRecord[] {
  const planned = plan.claims.find((claim) => claim.metric === `check.${id}`);
  if (planned === undefined) return [];
  const end = ends.find((one) => one.id === id);
  const seen = evidence.observations
    .filter((file) => file.header.metric === planned.metric)
    .flatMap((file) => file.observations);
  const failed = seen.filter((observation) => observation.out !== "ok");
  const reached = seen.length > 0;
  const record: CheckRecord = {
    id,
    layer,
    title,
    claimId: planned.id,
    observations: seen.length,
    failed: failed.length,
    failures: failed.map(({ what, expected, observed }) => ({ what, expected, observed })),
    durationMs: end?.durationMs ?? 0,
    state: !reached ? "not-run" : failed.length > 0 || end?.state === "failed" ? "failed" : "passed",
    reason: reached ? "" : (end?.reason ?? "the run did not reach it"),
  };
  return [record];
}

function metersIn(evidence: ParsedEvidence): readonly MeterRecord[] {
  const meters = evidence.events.flatMap((file) => file.events).filter((event) => event.k === "meter");
  // What the scenarios of the plan would cost is metered beside it and is no spending.
  return meters.filter((meter) => meter.metric === "meter.sandbox-seconds");
}

function costSheet({ plan, evidence }: JudgedBundle): CostSheet {
  const { priceList, target } = plan;
  const meters = metersIn(evidence);
  if (priceList === null) throw new Error("Invariant broken: a run is planned with a price list");
  const totalMicroUsd = costOf(plan, meters) ?? 0;
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

/** What had been spent whenever the meters were read, in order of time. */
function spending({ plan, evidence }: JudgedBundle): readonly SpendPoint[] {
  const { priceList } = plan;
  if (priceList === null) return [];
  const meters = [...metersIn(evidence)].sort((a, b) => a.t - b.t);
  const readings = meters.flatMap(({ t }, index) => (meters[index + 1]?.t === t ? [] : [{ t, upTo: index + 1 }]));
  const stride = Math.max(1, Math.ceil(readings.length / mostSteps));
  return readings
    .filter((_, index) => (readings.length - 1 - index) % stride === 0)
    .map(({ t, upTo }) => ({ atNs: t, microUsd: costMicroUsd(meters.slice(0, upTo), priceList) }));
}

function notTested({ plan }: JudgedBundle, { ending }: RunNotes, ends: readonly CheckEnding[]): string[] {
  const { target, isolation } = plan;
  const other =
    target === "local" ? ["E2B's cloud: no cloud key was given to this run, so no claim about it was measured"] : [];
  const open = isolation === "none" ? ["Isolation: the run was asked to use none"] : [];
  const bench = ending?.bench === false ? ["The benchmark: it was left out on request"] : [];
  const skipped = ends.filter((end) => end.state === "not-run").map((end) => `${end.id}: ${end.reason}`);
  const honest = [
    "Recovery after faults, Byzantine members, networks between hosts, live market feeds and real orders",
  ];
  return [...other, ...open, ...bench, ...skipped, ...honest];
}
