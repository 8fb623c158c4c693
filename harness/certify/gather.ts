// Everything in the evidence that speaks about one claim: counted records in collection order, their origin, their files.
// Law: measurement §3 and §4: warm-up and cool-down never count; exclusions exist only as rules of the plan.
import type { ParsedEvidence } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import type { Claim, EvidenceTarget, Observation, PlannedClaim, Sample } from "../claims/types.ts";
import { originOfRecord, type Witnesses } from "./origin-of-record.ts";
import { combine, type Origin } from "./statistics/provenance.ts";

export interface Gathered {
  readonly samples: readonly Sample[];
  readonly observations: readonly Observation[];
  readonly excluded: number;
  /** Null when nothing was counted. */
  readonly origin: Origin | null;
  readonly derivedFrom: Claim["derivedFrom"];
  /** Why the evidence is unfit; empty when it is fit. */
  readonly problems: readonly string[];
}

/** Target that the id of a claim names. */
export function claimTarget(id: string): EvidenceTarget {
  if (id.startsWith("c-cloud.")) return "cloud";
  return id.startsWith("c-mixed.") ? "mixed" : "local";
}

export function gather(claim: PlannedClaim, plan: Plan, evidence: ParsedEvidence, witnesses: Witnesses): Gathered {
  const sampleFiles = evidence.samples.filter((file) => file.header.metric === claim.metric);
  const observationFiles = evidence.observations.filter((file) => file.header.metric === claim.metric);
  const measured = sampleFiles.flatMap((file) => file.samples).filter((sample) => sample.ph === "measure");
  const samples = measured.filter((sample) => !plan.exclusions.includes(sample.out));
  const observations = observationFiles.flatMap((file) => file.observations);
  const problems = new Set<string>();
  const origins: Origin[] = [];
  for (const record of [...measured, ...observations]) {
    const origin = originOfRecord(record, witnesses, claim);
    if (origin.ok) origins.push({ provenance: origin.provenance, target: origin.target });
    else problems.add(origin.problem);
  }
  const wanted = claimTarget(claim.id);
  if (wanted !== "mixed" && origins.some((origin) => origin.target !== wanted)) {
    problems.add("The evidence holds records of another target.");
  }
  if (sampleFiles.some((file) => file.header.unit !== "ns")) problems.add("A samples file has another unit than ns.");
  return {
    samples,
    observations,
    excluded: measured.length - samples.length,
    origin: combine(origins),
    derivedFrom: [...sampleFiles, ...observationFiles].map(({ sha256, records }) => ({ sha256, records })),
    problems: [...problems],
  };
}
