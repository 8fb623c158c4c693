// The end of a run: recording stops, the court judges, reports are drawn, the bundle is closed and the ledger knows of it.
import { renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../src/host/package-folder.ts";
import { certify, type Certified } from "../certify/certify.ts";
import type { Manifest } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import { checks } from "../claims/checks.ts";
import { checkEndNote, runEndNote } from "../claims/run-notes.ts";
import { closeRun, stopRecording } from "../evidence/close-run.ts";
import { readCommitState } from "../evidence/commit-state.ts";
import { readFingerprint, type Fingerprint } from "../evidence/env.ts";
import { findSecret } from "../evidence/secrets.ts";
import type { OpenRun } from "../evidence/open-run.ts";
import { readEvidence } from "../evidence/read-evidence.ts";
import { renderReports } from "../render/render-reports.ts";
import { runDocumentOf } from "../report/run-document-of.ts";
import { appendLedger } from "./ledger.ts";
import type { LedgerRow } from "./plan-run.ts";
import type { RunRequest } from "./request.ts";
import type { CheckEnd } from "./run-layer.ts";
import type { Host } from "./run-validation.ts";

export interface Outcome {
  readonly runId: string;
  readonly folder: string;
  readonly certified: Certified;
  readonly manifest: Manifest;
  readonly conditions: readonly string[];
  readonly plan: Plan;
}

export interface Finishing {
  readonly run: OpenRun;
  readonly request: RunRequest;
  readonly host: Host;
  readonly folder: string;
  readonly out: string;
  readonly subject: string;
  readonly ends: readonly CheckEnd[];
  readonly ledger: readonly LedgerRow[];
}

export async function finish(finishing: Finishing): Promise<Outcome> {
  const { run, request, host, folder, out, subject } = finishing;
  const end = { ...fingerprint(), ...(run.fingerprint.dirty === true ? { dirty: true } : {}) };
  noteEnds(finishing);
  stopRecording(run, end);
  host.progress("judging");
  const evidence = readEvidence(run.context.folder);
  const conditions = {
    dirtyTree: [run.fingerprint, end].some(({ dirty }) => dirty !== false),
    assurance: "A1" as const,
    interrupted: host.signal.aborted || leavesLayersOut(request),
  };
  const certified = certify({ plan: run.plan, evidence, conditions });
  const { planSha256 } = run.context;
  // The digest is known only when everything else of the bundle is written; closeRun hands it to the printer.
  const judged = { plan: run.plan, planSha256, fingerprint: run.fingerprint, evidence, ...certified };
  const document = runDocumentOf(judged, "");
  const reports = (manifestSha256: string): Record<string, string> => ({
    ...renderReports({ ...document, run: { ...document.run, manifestSha256 } }),
  });
  const { claims, judgement } = certified;
  const attempts = finishing.ledger.map(({ subject: _subject, ...line }) => line);
  const manifest = closeRun(run, { claims, judgement, ledger: attempts, reports });
  const counted = claims.some((claim) => claim.n > 0 && claim.provenance === "measured");
  const { run: id } = run.context;
  const createdAtMs = run.plan.createdAtMs;
  // A part is no attempt: the merged run is.
  if (request.part === null) {
    appendLedger(out, { subject, run: id, createdAtMs, planSha256, verdict: judgement.verdict, counted });
    pointLatest(out, id, folder);
  }
  return { runId: id, folder, certified, manifest, conditions: document.conditions, plan: run.plan };
}

/** What a report prints and no other record holds: how each check ended, and when the run did. */
function noteEnds({ run, request, host, ends }: Finishing): void {
  for (const end of ends) {
    const secret = findSecret(end.reason);
    run.events.append(checkEndNote(secret === null ? end : { ...end, reason: `withheld: it holds ${secret}` }));
  }
  run.events.append(runEndNote({ finishedAtMs: host.clock.nowMs(), bench: request.bench }));
}

/** A part is measured against what its plan gives it; what another part has not brought is a missing shard. */
function leavesLayersOut({ layers, profile, part, task }: RunRequest): boolean {
  if (part !== null || task === "bench" || !profile.suites) return false;
  return layers.length < new Set(checks.map((check) => check.layer)).size;
}

export function fingerprint(): Fingerprint {
  const root = packageFolder();
  return readFingerprint(root, readCommitState(root));
}

/** `reports/latest` always names a finished run: the link is replaced in one step. */
function pointLatest(out: string, runId: string, folder: string): void {
  const scratch = join(out, `.latest-${runId}`);
  symlinkSync(folder.slice(folder.lastIndexOf("/") + 1), scratch);
  renameSync(scratch, join(out, "latest"));
}
