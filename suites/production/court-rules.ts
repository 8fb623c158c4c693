// Rules of the court that a healthy run never exercises: each is tried here on evidence made for it, so that a court which
// forgot one of them is found in every run.
import { certify } from "../../harness/certify/certify.ts";
import { gateSuccessRate } from "../../harness/certify/statistics/proportion-gate.ts";
import { gateBelow } from "../../harness/certify/statistics/quantile-gate.ts";
import { latencyReading } from "../../harness/certify/statistics/sample-times.ts";
import type { EventsFile, ParsedEvidence, SamplesFile } from "../../harness/claims/bundle.ts";
import type { Plan } from "../../harness/claims/plan.ts";
import type { Claim, FileHeader, PlannedClaim, Sample } from "../../harness/claims/types.ts";
import { readCommitState } from "../../harness/evidence/commit-state.ts";
import { readFingerprint } from "../../harness/evidence/env.ts";
import { runStatement } from "../../harness/evidence/statement.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { isRecord } from "../../src/contracts/json.ts";
import type { Check } from "../check.ts";

const second = 1_000_000_000;
const alpha = 0.05;

/** `plan` requires what `evidence` shows. */
export async function seeCourtRules(see: Check["see"], plan: Plan, evidence: ParsedEvidence): Promise<void> {
  const conditions = { dirtyTree: false, assurance: "A2", interrupted: false } as const;
  const judged = (more: Partial<Parameters<typeof certify>[0]>): string =>
    certify({ plan, evidence, conditions, ...more }).judgement.verdict;
  const empty: ParsedEvidence = { samples: [], observations: [], events: [] };
  await see("a sandbox left behind", "REFUSED", () => judged({ evidence: withOrphan(evidence, plan) }));
  await see("a shard that never ended", "INCOMPLETE", () => judged({ plan: { ...plan, shards: ["nobody"] } }));
  await see("the worse of two reasons decides", "INCOMPLETE", () =>
    judged({ evidence: empty, conditions: { ...conditions, dirtyTree: true } }),
  );
  await seeMeasures(see, plan);
  await seeSignatures(see, plan);
}

async function seeMeasures(see: Check["see"], plan: Plan): Promise<void> {
  const sample = (more: Partial<Sample>): Sample => ({ ...ordinary, ...more });
  await see("a timeout is never a fast answer", { value: 1, censored: true }, () =>
    latencyReading(sample({ out: "timeout", cens: "right", dur: 1 })),
  );
  await see("time is counted from when a request was due", 3 * second, () => {
    const { value } = latencyReading(sample({ sch: 0, st: 2 * second, dur: second }));
    return value;
  });
  // Reference "measurement", section 5.1: an interpolating tool lets this one through.
  await see("96 fast and 6 slow of 102 do not show a P95 below the limit", "UNDECIDED 234", () => {
    const readings = Array.from({ length: 102 }, (_, i) => ({ value: i < 96 ? second : 2 * second, censored: false }));
    const { verdict, need } = gateBelow(readings, { qPpm: 950_000, alpha, limit: 1.5 * second });
    return `${verdict} ${need}`;
  });
  await see("22 of 22 do not show a rate of nine tenths", "INSUFFICIENT", () => {
    const { verdict } = gateSuccessRate({ ok: 22, failed: 0, indeterminate: 0 }, 900_000, alpha);
    return verdict;
  });
  await see("a warm-up is no sample", 0, () => {
    const [claim] = latencyOf(plan, [sample({ ph: "warmup" })]);
    return claim?.n;
  });
  await see("a sample without a witness decides nothing", "INVALID", () => {
    const [claim] = latencyOf(
      plan,
      Array.from({ length: 100 }, (_, i) => sample({ i })),
    );
    return claim?.verdict;
  });
}

async function seeSignatures(see: Check["see"], plan: Plan): Promise<void> {
  const root = packageFolder();
  const fingerprint = readFingerprint(root, readCommitState(root));
  const context = { folder: "", run: plan.run, planSha256: "0".repeat(64), originNs: 0n };
  const results = (["REFUSED", "INCOMPLETE", "CONDITIONAL"] as const).map((verdict) => {
    const judgement = { verdict, reasons: [], target: plan.target, assurance: "A2", simulatedOnly: false } as const;
    const statement = runStatement({ fingerprint, context, plan }, { claims: [], judgement }, "0".repeat(64));
    const predicate = isRecord(statement) && isRecord(statement.predicate) ? statement.predicate : {};
    return predicate.result;
  });
  await see("what is signed says no more than the verdict", ["FAILED", "FAILED", "WARNED"], () => results);
}

const ordinary: Sample = {
  k: "s",
  i: 0,
  sch: 0,
  st: 0,
  dur: 1_234_567,
  out: "ok",
  att: 1,
  ph: "measure",
  cl: null,
  provenance: "measured",
  target: "local",
  wit: null,
};

function latencyOf(plan: Plan, samples: readonly Sample[]): readonly Claim[] {
  const claim: PlannedClaim = {
    id: "c-local.court",
    sentence: "An operation is fast",
    layer: "production",
    kind: "latency",
    subject: "own-code",
    metric: "court",
    estimator: "quantile.upper",
    qPpm: 950_000,
    confPpm: 950_000,
    unit: "ns",
    threshold: { op: "<", value: second },
    need: "required",
    plannedN: 59,
    provenanceFloor: "measured",
  };
  const file: SamplesFile = { ...fileOf(plan, "samples/court.ndjson"), samples };
  const evidence: ParsedEvidence = { samples: [file], observations: [], events: [] };
  const conditions = { dirtyTree: false, assurance: "A2", interrupted: false } as const;
  return certify({ plan: { ...plan, claims: [claim] }, evidence, conditions }).claims;
}

function withOrphan(evidence: ParsedEvidence, plan: Plan): ParsedEvidence {
  const orphan = { k: "note", i: 0, t: 0, what: "orphan", data: { sandboxId: "i0" } } as const;
  const file: EventsFile = { ...fileOf(plan, "events/court.ndjson"), events: [orphan] };
  return { ...evidence, events: [...evidence.events, file] };
}

function fileOf(plan: Plan, path: string): Pick<SamplesFile, "path" | "sha256" | "records" | "header"> {
  const header: FileHeader = {
    k: "hdr",
    schema: path.startsWith("samples") ? "evidence/samples/1" : "evidence/events/1",
    run: plan.run,
    metric: "court",
    unit: "ns",
    clock: "hrtime",
    planSha256: "0".repeat(64),
  };
  return { path, sha256: "0".repeat(64), records: 2, header };
}
