// One planned claim and all evidence about it in, one entry of claims.json out. Law: measurement §6 and §7: the schema's
// own rules are kept here, so that no verdict exists that its fields do not support.
import type { ParsedEvidence } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import type { Claim, ClaimVerdict, EvidenceTarget, PlannedClaim, Provenance } from "../claims/types.ts";
import { costOf, metersOf } from "./cost.ts";
import { estimate, satisfies, type Estimate } from "./estimate.ts";
import { mayRefute, type Unfit } from "./fit-to-refute.ts";
import { claimTarget, gather, type Gathered } from "./gather.ts";
import { originOfRecord, type Witnesses } from "./origin-of-record.ts";
import { combine, reaches, strongestUse, weaker } from "./statistics/provenance.ts";

/** What every claim of a run is judged with. */
export interface Court {
  readonly plan: Plan;
  readonly evidence: ParsedEvidence;
  readonly witnesses: Witnesses;
  readonly unfit: Unfit;
}

export function judgeClaim(claim: PlannedClaim, court: Court): Claim {
  const { plan, evidence, witnesses } = court;
  if (plan.isolation === "none" && isAboutIsolation(claim)) {
    return notRun(claim, plan, "The target has no isolation: nothing about it can be shown.");
  }
  const gathered =
    claim.estimator === "cost"
      ? gatherCost(claim, plan, evidence, witnesses)
      : gather(claim, plan, evidence, witnesses);
  const origin = gathered.origin;
  if (origin === null && gathered.problems.length === 0)
    return notRun(claim, plan, "No record speaks about this claim.");
  const found =
    claim.estimator === "cost"
      ? costEstimate(claim, plan, evidence)
      : estimate(claim, plan, { ...gathered, refutes: refutes(claim, evidence, court.unfit) });
  const provenance = origin?.provenance ?? "declared";
  const target = origin?.target ?? claimTarget(claim.id);
  const unfit = [...gathered.problems, ...unfitFor(claim, provenance, target)];
  const verdict = verdictOf(claim, found, { provenance, target, unfit: unfit.length > 0 });
  return build(claim, plan, { found, gathered, provenance, target, verdict, notes: [...unfit, ...found.notes] });
}

function refutes(claim: PlannedClaim, evidence: ParsedEvidence, unfit: Unfit): boolean {
  return mayRefute(
    unfit,
    evidence.samples.filter((file) => file.header.metric === claim.metric),
  );
}

/** A promise about isolation, by its flag or by a part of its name. */
export function isAboutIsolation(claim: PlannedClaim): boolean {
  return claim.needsIsolation === true || `${claim.id}.${claim.metric}`.split(/[.-]/).includes("isolation");
}

function unfitFor(claim: PlannedClaim, provenance: Provenance, target: EvidenceTarget): readonly string[] {
  const problems: string[] = [];
  if (!reaches(provenance, claim.provenanceFloor)) problems.push("The provenance is below the planned floor.");
  const logical = claim.kind === "logic" || claim.kind === "safety";
  const use = strongestUse({ provenance, target });
  if (use === "logic" && !logical && claim.need !== "info") {
    problems.push("Simulated or replayed evidence can only speak about logic and safety.");
  }
  return problems;
}

function verdictOf(
  claim: PlannedClaim,
  found: Estimate,
  origin: { readonly provenance: Provenance; readonly target: EvidenceTarget; readonly unfit: boolean },
): ClaimVerdict {
  if (origin.unfit) return "INVALID";
  if (found.verdict === "NOT_RUN" || found.verdict === "INVALID") return found.verdict;
  if (claim.need === "info" || claim.threshold === null) return "INFO";
  if (strongestUse(origin) === "info") return "INFO";
  return found.verdict;
}

interface Parts {
  readonly found: Estimate;
  readonly gathered: Gathered;
  readonly provenance: Provenance;
  readonly target: EvidenceTarget;
  readonly verdict: ClaimVerdict;
  readonly notes: readonly string[];
}

function build(claim: PlannedClaim, plan: Plan, parts: Parts): Claim {
  const { found, gathered, verdict } = parts;
  const silent = verdict === "INVALID" || verdict === "NOT_RUN" || verdict === "INSUFFICIENT";
  const waiting = verdict === "INSUFFICIENT" || verdict === "UNDECIDED";
  const dropped = gathered.samples.filter((sample) => sample.out === "dropped").length;
  return {
    ...planned(claim, plan),
    value: silent ? null : found.value,
    n: found.n,
    over: found.over,
    censored: gathered.samples.filter((sample) => sample.out !== "ok").length - dropped,
    dropped,
    excluded: gathered.excluded,
    clusters: found.clusters,
    ...(found.nEff === found.n ? {} : { nEff: found.nEff }),
    provenance: parts.provenance,
    target: parts.target,
    verdict,
    need: waiting ? found.need : null,
    derivedFrom: gathered.derivedFrom,
    notes: parts.notes,
  };
}

function planned(
  claim: PlannedClaim,
  plan: Plan,
): Pick<Claim, "id" | "metric" | "kind" | "estimator" | "qPpm" | "confPpm" | "unit" | "attempt" | "threshold"> {
  const { id, metric, kind, estimator, qPpm, confPpm, unit, threshold } = claim;
  return { id, metric, kind, estimator, qPpm, confPpm, unit, attempt: plan.attempt, threshold };
}

function notRun(claim: PlannedClaim, plan: Plan, note: string): Claim {
  return {
    ...planned(claim, plan),
    value: null,
    n: 0,
    over: 0,
    censored: 0,
    dropped: 0,
    excluded: 0,
    clusters: 0,
    provenance: "declared",
    target: claimTarget(claim.id),
    verdict: "NOT_RUN",
    need: null,
    derivedFrom: [],
    notes: [note],
  };
}

function gatherCost(claim: PlannedClaim, plan: Plan, evidence: ParsedEvidence, witnesses: Witnesses): Gathered {
  const { meters, derivedFrom } = metersOf(claim.metric, evidence.events);
  const problems = new Set<string>();
  const origins = meters.flatMap((meter) => {
    const origin = originOfRecord(meter, witnesses, claim);
    if (!origin.ok) problems.add(origin.problem);
    if (!origin.ok) return [];
    // Prices are the cloud's: local seconds at those prices are a model of a bill, not a bill.
    const provenance = origin.target === "local" ? weaker(origin.provenance, "modelled") : origin.provenance;
    return [{ provenance, target: origin.target }];
  });
  const wanted = claimTarget(claim.id);
  if (origins.some((origin) => origin.target !== wanted)) problems.add("The evidence holds records of another target.");
  if (meters.length > 0 && plan.priceList === null) problems.add("The plan names no price list.");
  return {
    samples: [],
    observations: [],
    excluded: 0,
    origin: combine(origins),
    derivedFrom,
    problems: [...problems],
  };
}

function costEstimate(claim: PlannedClaim, plan: Plan, evidence: ParsedEvidence): Estimate {
  const { meters } = metersOf(claim.metric, evidence.events);
  const value = costOf(plan, meters);
  const met = value !== null && claim.threshold !== null && satisfies(value, claim.threshold);
  const n = meters.length;
  const verdict = value === null ? "INVALID" : met ? "PASS" : "FAIL";
  return { verdict, value, n, nEff: n, over: 0, clusters: n, need: null, notes: [] };
}
