// Closes a run in two steps. `stopRecording` ends the record files and fixes their digests; the caller judges and renders;
// `closeRun` writes claims, ledger, reports, the closed manifest and the signed statement. Law: measurement §8 and §9.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unwritable } from "../../src/host/durable-file.ts";
import type { ClaimsFile, Manifest, RunJudgement } from "../claims/bundle.ts";
import type { Claim } from "../claims/types.ts";
import { canonicalLine } from "./canonical.ts";
import { sha256 } from "./chain.ts";
import type { Fingerprint } from "./env.ts";
import { buildManifest } from "./manifest.ts";
import { headOf, writeEnv, writeManifest, type OpenRun } from "./open-run.ts";
import { writeOnce } from "./plan.ts";
import { refuseSecrets } from "./secrets.ts";
import { seal, statementType } from "./sign.ts";
import { runStatement } from "./statement.ts";

/** One earlier or present attempt on the same subject. */
export interface LedgerLine {
  readonly run: string;
  readonly createdAtMs: number;
  readonly planSha256: string;
  readonly verdict: string;
  /** False for an attempt that ended before any measured sample existed. */
  readonly counted: boolean;
}

/** Closes the orchestrator's shard and takes the last checkpoint. After this no record may be written. */
export function stopRecording(run: OpenRun, endFingerprint: Fingerprint): void {
  run.events.close();
  writeEnv(run.context, { start: run.fingerprint, end: endFingerprint });
  run.checkpoints.take();
  run.checkpoints.close();
}

export interface CloseRunOptions {
  readonly claims: readonly Claim[];
  readonly judgement: RunJudgement;
  /** Earlier attempts on the same subject, oldest first. */
  readonly ledger: readonly LedgerLine[];
  /**
   * Renders the reports: file name (`report.html`) to text, written beside the evidence folder and fixed in the manifest.
   * The digest it may print is that of the closed manifest with an empty `reports`, which the verifier computes again.
   */
  readonly reports: (manifestSha256: string) => Readonly<Record<string, string>>;
}

/** Writes everything that is derived. Throws `state.unwritable`, `evidence.invalid` (a secret in a report). */
export function closeRun(run: OpenRun, options: CloseRunOptions): Manifest {
  const { context } = run;
  const claimsFile: ClaimsFile = {
    schema: "claims/1",
    ...headOf(context),
    judgement: options.judgement,
    claims: options.claims,
  };
  writeOnce(context.folder, "claims.json", canonicalLine(claimsFile));
  writeOnce(context.folder, "ledger.json", canonicalLine({ schema: "ledger/1", attempts: ledgerOf(run, options) }));
  const bare = buildManifest(context.folder, { ...headOf(context), state: "closed", reports: {} });
  const texts = options.reports(sha256(`${canonicalLine(bare)}\n`).toString("hex"));
  const manifest: Manifest = { ...bare, reports: writeReports(dirname(context.folder), texts) };
  if (run.signer !== null) {
    const statement = canonicalLine(runStatement(run, options, sha256(`${canonicalLine(manifest)}\n`).toString("hex")));
    writeOnce(context.folder, "run.dsse.json", canonicalLine(seal(run.signer, statementType, statement)));
  }
  // Last: until this rename the bundle still says that it is open.
  writeManifest(context, manifest);
  return manifest;
}

function ledgerOf(run: OpenRun, options: CloseRunOptions): readonly LedgerLine[] {
  const counted = options.claims.some((claim) => claim.n > 0 && claim.provenance === "measured");
  const line: LedgerLine = {
    run: run.context.run,
    createdAtMs: run.plan.createdAtMs,
    planSha256: run.context.planSha256,
    verdict: options.judgement.verdict,
    counted,
  };
  return [...options.ledger, line];
}

function writeReports(folder: string, reports: Readonly<Record<string, string>>): Manifest["reports"] {
  const digests: Record<string, { readonly bytes: number; readonly sha256: string }> = {};
  for (const [name, text] of Object.entries(reports)) {
    refuseSecrets(text, name);
    const path = join(folder, name);
    try {
      writeFileSync(path, text, { mode: 0o600 });
    } catch (cause) {
      throw unwritable(path, cause);
    }
    digests[name] = { bytes: Buffer.byteLength(text), sha256: sha256(text).toString("hex") };
  }
  return digests;
}
