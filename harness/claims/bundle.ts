// The shape of an evidence bundle and of its judgement. Reference "measurement" sections 7, 8, 9. Pure types.
import type { EventRecord } from "./events.ts";
import type { Plan } from "./plan.ts";
import type { Claim, EvidenceTarget, FileHeader, Observation, RunVerdict, Sample } from "./types.ts";

/** Digests of one file. `records` counts its lines, the header included; 1 for a single JSON document. */
export interface ManifestEntry {
  readonly bytes: number;
  readonly sha256: string;
  readonly records: number;
  readonly chainHead: string;
  readonly merkleRoot: string;
}

export interface Manifest {
  readonly schema: "manifest/1";
  readonly run: string;
  readonly planSha256: string;
  /** `open` until the run is closed: a killed run stays open and can only be INCOMPLETE. */
  readonly state: "open" | "closed";
  /** Every file of the bundle except manifest.json and run.dsse.json, by path below `evidence/`. */
  readonly files: Readonly<Record<string, ManifestEntry>>;
  /** Report files beside `evidence/`. */
  readonly reports: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface Checkpoint {
  readonly seq: number;
  readonly t: number;
  readonly files: Readonly<Record<string, Pick<ManifestEntry, "records" | "chainHead" | "merkleRoot">>>;
}

export interface DsseEnvelope {
  readonly payloadType: string;
  /** Base64 of the exact payload bytes. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** One file of records as parsed from the bundle, with the digest the manifest gives for it. */
export interface SamplesFile {
  readonly path: string;
  readonly sha256: string;
  readonly records: number;
  readonly header: FileHeader;
  readonly samples: readonly Sample[];
}
export interface ObservationsFile {
  readonly path: string;
  readonly sha256: string;
  readonly records: number;
  readonly header: FileHeader;
  readonly observations: readonly Observation[];
}
export interface EventsFile {
  readonly path: string;
  readonly sha256: string;
  readonly records: number;
  readonly header: FileHeader;
  readonly events: readonly EventRecord[];
}

export interface ParsedEvidence {
  readonly samples: readonly SamplesFile[];
  readonly observations: readonly ObservationsFile[];
  readonly events: readonly EventsFile[];
}

export type AssuranceLevel = "A0" | "A1" | "A2" | "A3" | "A4";

export interface RunConditions {
  readonly dirtyTree: boolean;
  readonly assurance: AssuranceLevel;
  /** The run was cut short by a signal or an error of the harness. */
  readonly interrupted: boolean;
}

/** Why the run verdict is not better. */
export interface RunReason {
  readonly level: Exclude<RunVerdict, "CERTIFIED">;
  readonly code:
    | "claim.fail"
    | "claim.invalid"
    | "claim.undecided"
    | "claim.insufficient"
    | "claim.not-run"
    | "claim.optional"
    | "claim.few-clusters"
    | "no-required-claim"
    | "orphan"
    | "shard.missing"
    | "interrupted"
    | "schedule"
    | "harness"
    | "budget"
    | "assurance"
    | "dirty-tree"
    | "attempt"
    | "simulated";
  readonly claim: string | null;
  /** For people, without figures. */
  readonly sentence: string;
}

export interface RunJudgement {
  readonly verdict: RunVerdict;
  readonly reasons: readonly RunReason[];
  readonly target: EvidenceTarget;
  readonly assurance: AssuranceLevel;
  /** True when no measured evidence exists: then the word "certified" may not be used. */
  readonly simulatedOnly: boolean;
}

/** claims.json. */
export interface ClaimsFile {
  readonly schema: "claims/1";
  readonly run: string;
  readonly planSha256: string;
  readonly judgement: RunJudgement;
  readonly claims: readonly Claim[];
}

export interface CertifyInput {
  readonly plan: Plan;
  readonly evidence: ParsedEvidence;
  readonly conditions: RunConditions;
}

export const runExitCodes = { CERTIFIED: 0, CONDITIONAL: 3, REFUSED: 1, INCOMPLETE: 6 } as const satisfies Record<
  RunVerdict,
  number
>;
