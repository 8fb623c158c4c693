// The run verdict: worst wins, nothing passes by absence. Law: measurement §7.
import type { CertifyInput, ParsedEvidence, RunConditions, RunJudgement, RunReason } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import type { Claim, PlannedClaim, RunVerdict } from "../claims/types.ts";
import { findUnfit, type Unfit } from "./fit-to-refute.ts";

/** Fewer clusters than this make a pass that rests on an effective sample size conditional. */
export const fewestClusters = 30;

export function judgeRun(
  input: CertifyInput,
  claims: readonly Claim[],
  unfit: Unfit = findUnfit(input.plan, input.evidence),
): RunJudgement {
  const { plan, evidence, conditions } = input;
  const byId = new Map(claims.map((claim) => [claim.id, claim]));
  const measured = claims.some((claim) => claim.n > 0 && claim.provenance === "measured");
  const simulatedOnly = plan.provenance !== "measured" || !measured;
  const reasons = [
    ...plan.claims.flatMap((planned) => claimReasons(planned, byId.get(planned.id))),
    ...planReasons(plan),
    ...evidenceReasons(plan, evidence),
    ...harnessReasons(unfit),
    ...conditionReasons(plan, conditions),
    ...(simulatedOnly ? [reason("CONDITIONAL", "simulated", "No measured evidence stands behind this run.")] : []),
  ];
  return { verdict: worst(reasons), reasons, target: plan.target, assurance: conditions.assurance, simulatedOnly };
}

/** REFUSED before INCOMPLETE before CONDITIONAL; CERTIFIED only without any reason. */
export function worst(reasons: readonly Pick<RunReason, "level">[]): RunVerdict {
  const order = ["REFUSED", "INCOMPLETE", "CONDITIONAL"] as const;
  return order.find((level) => reasons.some((reason) => reason.level === level)) ?? "CERTIFIED";
}

function reason(level: RunReason["level"], code: RunReason["code"], sentence: string, claim?: string): RunReason {
  return { level, code, claim: claim ?? null, sentence };
}

function claimReasons(planned: PlannedClaim, claim: Claim | undefined): readonly RunReason[] {
  if (planned.need === "info") return [];
  const verdict = claim?.verdict ?? "NOT_RUN";
  if (verdict === "PASS") return fewClusters(claim);
  if (planned.need === "optional") {
    return [reason("CONDITIONAL", "claim.optional", "An optional claim did not pass.", planned.id)];
  }
  switch (verdict) {
    case "FAIL":
      return [reason("REFUSED", "claim.fail", "A required claim is refuted.", planned.id)];
    case "INVALID":
      return [reason("REFUSED", "claim.invalid", "The evidence for a required claim is unfit.", planned.id)];
    case "UNDECIDED":
      return [reason("INCOMPLETE", "claim.undecided", "The bound straddles the limit.", planned.id)];
    case "INSUFFICIENT":
      return [reason("INCOMPLETE", "claim.insufficient", "There are too few samples for any bound.", planned.id)];
    case "NOT_RUN":
    case "INFO":
      return [reason("INCOMPLETE", "claim.not-run", "Nothing was measured that could decide it.", planned.id)];
    default:
      return verdict satisfies never;
  }
}

function fewClusters(claim: Claim | undefined): readonly RunReason[] {
  if (claim?.nEff === undefined || claim.clusters >= fewestClusters || claim.clusters === claim.n) return [];
  return [reason("CONDITIONAL", "claim.few-clusters", "A pass rests on few clusters.", claim.id)];
}

function planReasons(plan: Plan): readonly RunReason[] {
  if (plan.claims.some((claim) => claim.need === "required")) return [];
  return [reason("INCOMPLETE", "no-required-claim", "The plan requires nothing, so nothing can be certified.")];
}

function evidenceReasons(plan: Plan, evidence: ParsedEvidence): readonly RunReason[] {
  const reasons: RunReason[] = [];
  const events = evidence.events.flatMap((file) => file.events);
  const notes = events.filter((event) => event.k === "note");
  if (notes.some((note) => note.what === "orphan")) {
    reasons.push(reason("REFUSED", "orphan", "A sandbox of this run was left behind."));
  }
  const aborts = notes.filter((note) => note.what === "abort");
  if (aborts.some((note) => note.data["code"] !== "budget.exceeded")) {
    reasons.push(reason("INCOMPLETE", "interrupted", "The run was cut short."));
  }
  if (aborts.some((note) => note.data["code"] === "budget.exceeded")) {
    reasons.push(reason("INCOMPLETE", "budget", "The run had spent its budget and was stopped."));
  }
  for (const shard of plan.shards) {
    const file = evidence.events.find((one) => one.path === `events/${shard}.ndjson`);
    const ended = file?.events.some((event) => event.k === "note" && event.what === "end") === true;
    if (!ended) reasons.push(reason("INCOMPLETE", "shard.missing", `The shard ${shard} did not finish.`));
  }
  return reasons;
}

function harnessReasons({ shards, lateMetrics }: Unfit): readonly RunReason[] {
  const reasons: RunReason[] = [];
  if (lateMetrics.size > 0) {
    reasons.push(reason("INCOMPLETE", "schedule", "Too many requests started later than planned."));
  }
  for (const shard of shards) {
    const sentence = `The harness was not fit to measure, or did not say so: shard ${shard}.`;
    reasons.push(reason("INCOMPLETE", "harness", sentence));
  }
  return reasons;
}

function conditionReasons(plan: Plan, conditions: RunConditions): readonly RunReason[] {
  const reasons: RunReason[] = [];
  if (conditions.interrupted) reasons.push(reason("INCOMPLETE", "interrupted", "The run was cut short."));
  if (conditions.assurance === "A0") {
    reasons.push(reason("CONDITIONAL", "assurance", "Nothing is signed."));
  }
  if (conditions.assurance === "A1") {
    reasons.push(reason("CONDITIONAL", "assurance", "Only a local key signed: integrity, not honesty."));
  }
  if (conditions.dirtyTree) {
    reasons.push(reason("CONDITIONAL", "dirty-tree", "The working tree had changes that no commit holds."));
  }
  if (plan.attempt > 1) {
    reasons.push(reason("CONDITIONAL", "attempt", "This is not the first counted attempt on this subject."));
  }
  return reasons;
}
