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

/** What a metric's records are, whatever claim asks; kept as long as the evidence itself. */
interface Counted {
  readonly samples: readonly Sample[];
  readonly observations: readonly Observation[];
  readonly excluded: number;
  /** One record of each witness, provenance and target: the others can say nothing else about their origin. */
  readonly stamps: readonly (Sample | Observation)[];
  readonly derivedFrom: Claim["derivedFrom"];
  readonly otherUnit: boolean;
}

const known = new WeakMap<ParsedEvidence, Map<string, Counted>>();

export function gather(claim: PlannedClaim, plan: Plan, evidence: ParsedEvidence, witnesses: Witnesses): Gathered {
  const byMetric = known.get(evidence) ?? new Map<string, Counted>();
  known.set(evidence, byMetric);
  const key = JSON.stringify([claim.metric, plan.exclusions]);
  const counted = byMetric.get(key) ?? countRecords(claim.metric, plan, evidence);
  byMetric.set(key, counted);
  const problems = new Set<string>();
  const origins: Origin[] = [];
  for (const record of counted.stamps) {
    const origin = originOfRecord(record, witnesses, claim);
    if (origin.ok) origins.push({ provenance: origin.provenance, target: origin.target });
    else problems.add(origin.problem);
  }
  const wanted = claimTarget(claim.id);
  if (wanted !== "mixed" && origins.some((origin) => origin.target !== wanted)) {
    problems.add("The evidence holds records of another target.");
  }
  if (counted.otherUnit) problems.add("A samples file has another unit than ns.");
  const { samples, observations, excluded, derivedFrom } = counted;
  return { samples, observations, excluded, origin: combine(origins), derivedFrom, problems: [...problems] };
}

function countRecords(metric: string, plan: Plan, evidence: ParsedEvidence): Counted {
  const sampleFiles = evidence.samples.filter((file) => file.header.metric === metric);
  const observationFiles = evidence.observations.filter((file) => file.header.metric === metric);
  const samples: Sample[] = [];
  const stamps: (Sample | Observation)[] = [];
  const seen = new Map<string | null, Set<string>>();
  const stamp = (record: Sample | Observation): void => {
    const kinds = seen.get(record.wit) ?? new Set<string>();
    seen.set(record.wit, kinds);
    const kind = record.target === "local" ? record.provenance : `${record.target} ${record.provenance}`;
    if (kinds.has(kind)) return;
    kinds.add(kind);
    stamps.push(record);
  };
  let measured = 0;
  for (const file of sampleFiles) {
    for (const sample of file.samples) {
      if (sample.ph !== "measure") continue;
      measured += 1;
      stamp(sample);
      if (!plan.exclusions.includes(sample.out)) samples.push(sample);
    }
  }
  const observations = observationFiles.flatMap((file) => file.observations);
  observations.forEach(stamp);
  return {
    samples,
    observations,
    excluded: measured - samples.length,
    stamps,
    derivedFrom: [...sampleFiles, ...observationFiles].map(({ sha256, records }) => ({ sha256, records })),
    otherUnit: sampleFiles.some((file) => file.header.unit !== "ns"),
  };
}
