// Verification of a run from its files alone: digests, signatures, headers, witnesses, every claim and the run verdict
// recomputed by a second method, every printed figure compared. Shares no code with the court. Law: measurement §10.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { RunVerdict } from "../claims/types.ts";
import { checkManifest, listBundle, openDocuments, type BundleFile, type BundleFiles } from "./bundle-files.ts";
import { checkCheckpoints, readCheckpoints, type CheckpointRow } from "./checkpoints.ts";
import {
  fieldsOf,
  isFields,
  list,
  openNotebook,
  textOf,
  wholeOf,
  type Fields,
  type Notebook,
  type Problem,
} from "./facts.ts";
import { sicknessOf, type Sickness } from "./harness-pulse.ts";
import { lintRecords } from "./lints.ts";
import { checkParts } from "./parts.ts";
import type { Truth } from "./printed-tables.ts";
import { readLines } from "./read-lines.ts";
import { kindOf, readRecordFile, witnessesIn, witnessProblem, type RecordFile } from "./record-files.ts";
import { rederiveClaim, type Derived } from "./rederive-claim.ts";
import { rederiveReasons, verdictFor } from "./rederive-run.ts";
import { checkReports } from "./reports.ts";
import { checkDocuments } from "./run-documents.ts";
import { checkSignatures, checkStatement, type Signed } from "./run-signatures.ts";
import { same } from "./same.ts";

export interface Verification {
  /** True when nothing contradicts anything. */
  readonly verified: boolean;
  /** Re-derived; null when there is no bundle. */
  readonly verdict: RunVerdict | null;
  readonly exitCode: 0 | 1 | 3 | 5 | 6 | 7;
  /** What was looked at, for people. */
  readonly checked: readonly string[];
  /** What the reader must know besides: assurance level, whose key. */
  readonly remarks: readonly string[];
  readonly problems: readonly Problem[];
}

const exitCodes = { CERTIFIED: 0, CONDITIONAL: 3, REFUSED: 1, INCOMPLETE: 6 } as const;

export interface VerifyOptions {
  /** Key ids that the reader knows from elsewhere: any other signer is a problem. Default: integrity only. */
  readonly trusted?: ReadonlySet<string>;
  /** The nonce that the plan must carry, given out before the run. */
  readonly challenge?: string;
}

/** Reads `<folder>/evidence` and the reports beside it. Writes nothing, opens no connection, throws for nothing in the bundle. */
export function verifyFolder(folder: string, options: VerifyOptions = {}): Verification {
  const notes = openNotebook();
  const read = readBundle(folder, notes);
  if (read === null) {
    notes.blame("evidence/plan.json", "there is no evidence bundle in this folder");
    return { verified: false, verdict: null, exitCode: 5, checked: [], remarks: [], problems: notes.problems };
  }
  const { bundle, plan, checkpoints } = read;
  const open = bundle.manifest["state"] === "open";
  if (!read.opening) {
    checkHeads(bundle, plan, notes);
    checkManifest(bundle, notes);
  }
  if (options.challenge !== undefined && plan["challenge"] !== options.challenge) {
    notes.blame("evidence/plan.json", "the plan does not carry the challenge", { place: "challenge" });
  }
  const signed = checkSignatures(bundle, options.trusted ?? null, notes);
  const isSigned = signed.assurance !== "A0";
  checkCheckpoints(bundle.files, { rows: checkpoints, keys: signed.keys, signed: isSigned, closed: !open }, notes);
  const seen = checkWitnesses(read.records, notes);
  const records = { files: read.records, seen, sick: sicknessOf(plan, read.records) };
  const claims = rederive(plan, records, notes);
  const verdict = open ? "INCOMPLETE" : judge({ bundle, plan, records, claims, signed }, notes);
  const first = wholeOf(checkpoints[0]?.row["t"]);
  const parts = open ? new Map<string, number | null>() : checkParts(bundle, { plan, records: records.files }, notes);
  const opened = (path: string): number | null => parts.get(path) ?? first;
  lintRecords(records.files, notes, { opened, cutShort: open });
  if (!open) checkReports(folder, bundle.manifest, truthFor({ bundle, plan, records, signed, verdict }), notes);
  const verified = notes.problems.length === 0;
  return {
    verified,
    verdict,
    exitCode: verified ? exitCodes[verdict] : 7,
    checked: notes.checked,
    remarks: open ? [...signed.remarks, "The run was never closed: it was cut short."] : signed.remarks,
    problems: notes.problems,
  };
}

interface ReadBundle {
  readonly bundle: BundleFiles;
  readonly plan: Fields;
  readonly checkpoints: readonly CheckpointRow[];
  readonly records: readonly RecordFile[];
  /** The run was cut short before its first manifest stood. */
  readonly opening: boolean;
}

/** Everything on disk, each file read once. Null without a plan: then nothing was promised. */
function readBundle(folder: string, notes: Notebook): ReadBundle | null {
  const root = join(folder, "evidence");
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  const paths = listBundle(root, notes);
  if (!paths.has("plan.json")) return null;
  const documents = openDocuments(paths, notes);
  const opening = !["manifest.json", "claims.json", "run.dsse.json"].some((name) => paths.has(name));
  const manifest = opening ? { state: "open" } : fieldsOf(documents.document("manifest.json"));
  const open = manifest["state"] === "open";
  const plan = fieldsOf(documents.document("plan.json"));
  const { rows, wanted } = readCheckpoints(paths.get("checkpoints.ndjson")?.full, notes);
  const planSha256 = readLines(join(root, "plan.json"), new Set()).sha256;
  const expected = { run: textOf(plan["run"]), planSha256, open };
  const found = new Map<string, { readonly file: BundleFile; readonly records: RecordFile | null }>();
  for (const file of witnessesLast([...paths.values()])) {
    const counts = wanted.get(file.path) ?? new Set<number>();
    if (kindOf(file.path) === null) {
      found.set(file.path, { file: { ...file, ...readLines(file.full, counts) }, records: null });
    } else {
      const read = readRecordFile(file, counts, expected, notes);
      found.set(file.path, { file: { ...file, ...read.digest }, records: read.records });
    }
  }
  const inOrder = [...paths.keys()].flatMap((path) => found.get(path) ?? []);
  const files = new Map(inOrder.map(({ file }): [string, BundleFile] => [file.path, file]));
  const records = inOrder.flatMap((one) => one.records ?? []);
  return { bundle: { files, manifest, ...documents }, plan, checkpoints: rows, records, opening };
}

/** A run that is still being written, or was just killed, writes a witness before the record that names it. */
function witnessesLast<File extends { readonly path: string }>(files: readonly File[]): readonly File[] {
  const isEvents = ({ path }: File): boolean => path.startsWith("events/");
  return [...files.filter((file) => !isEvents(file)), ...files.filter(isEvents)];
}

function checkHeads(bundle: BundleFiles, plan: Fields, notes: Notebook): void {
  const { manifest, files } = bundle;
  if (manifest["schema"] !== "manifest/1")
    notes.blame("evidence/manifest.json", "the schema is unknown", { place: "schema" });
  if (manifest["state"] !== "open" && manifest["state"] !== "closed") {
    notes.blame("evidence/manifest.json", "the state is neither open nor closed", { place: "state" });
  }
  const closing = "claims.json" in fieldsOf(manifest["files"]) || Object.keys(fieldsOf(manifest["reports"])).length > 0;
  if (manifest["state"] === "open" && closing) {
    notes.blame("evidence/manifest.json", "it says open and lists what only the closing of a run writes", {
      place: "state",
    });
  }
  if (manifest["run"] !== plan["run"])
    notes.blame("evidence/manifest.json", "it belongs to another run", { place: "run" });
  if (manifest["planSha256"] !== files.get("plan.json")?.sha256) {
    notes.blame("evidence/plan.json", "the plan is not the one the manifest names", { place: "planSha256" });
  }
}

interface Records {
  readonly files: readonly RecordFile[];
  readonly seen: ReturnType<typeof witnessesIn>;
  readonly sick: Sickness;
}

function checkWitnesses(files: readonly RecordFile[], notes: Notebook): Records["seen"] {
  const seen = witnessesIn(files, notes);
  let rows = 0;
  for (const file of files) {
    rows += file.rows.length;
    if (file.kind === "events") continue;
    for (let index = 0; index < file.rows.length; index += 1) {
      const problem = witnessProblem(file.rows[index] ?? {}, seen);
      if (problem !== null) notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
    }
  }
  notes.tick(`${rows} records: canonical form, schema, run, plan, witness, provenance and target`);
  return seen;
}

function rederive(plan: Fields, records: Records, notes: Notebook): ReadonlyMap<string, Derived> {
  const claims = new Map<string, Derived>();
  for (const claim of list(plan["claims"]).map(fieldsOf)) {
    const id = textOf(claim["id"]);
    try {
      claims.set(id, rederiveClaim(claim, { plan, ...records }));
    } catch {
      // Only records or a plan that are malformed, and blamed by name for it, cannot be computed with.
      notes.blame("evidence/claims.json", "the claim cannot be recomputed from these records", { claim: id });
    }
  }
  notes.tick(`${claims.size} claims recomputed from the records by exact fractions`);
  return claims;
}

function judge(
  facts: {
    readonly bundle: BundleFiles;
    readonly plan: Fields;
    readonly records: Records;
    readonly claims: ReadonlyMap<string, Derived>;
    readonly signed: Signed;
  },
  notes: Notebook,
): RunVerdict {
  const { bundle, plan, records, claims, signed } = facts;
  const claimsFile = fieldsOf(bundle.document("claims.json"));
  compareClaims(plan, claims, claimsFile, notes);
  const env = fieldsOf(bundle.document("env.json"));
  // Unknown is not clean.
  const dirty = [env["start"], env["end"]].some((one) => fieldsOf(one)["dirty"] !== false);
  const judgement = fieldsOf(claimsFile["judgement"]);
  const stated = list(judgement["reasons"]).map(fieldsOf);
  const interrupted = stated.some((reason) => reason["code"] === "interrupted");
  const assurance = signed.assurance;
  const reasons = rederiveReasons({ ...records, plan, claims, dirty, assurance, interrupted });
  const verdict = verdictFor(reasons);
  const where = "evidence/claims.json";
  if (judgement["assurance"] !== assurance) {
    const given = textOf(judgement["assurance"]);
    notes.blame(where, `the assurance is given as ${given}, the signatures that are here give ${assurance}`, {
      place: "judgement.assurance",
    });
  }
  if (judgement["verdict"] !== verdict) {
    notes.blame(where, `the run verdict is given as ${textOf(judgement["verdict"])}, the evidence says ${verdict}`, {
      place: "judgement.verdict",
    });
  }
  const said = stated.map((one) => `${textOf(one["level"])} ${textOf(one["code"])} ${textOf(one["claim"])}`.trimEnd());
  if (!same([...new Set(said)].sort(), reasons)) {
    notes.blame(where, "the reasons of the run verdict are not those of the evidence", { place: "judgement.reasons" });
  }
  checkSummary(judgement, plan, claims, notes);
  checkDocuments({ bundle, plan, claims: claimsFile, files: records.files, derived: claims, verdict }, notes);
  const given = list(claimsFile["claims"]).map(fieldsOf);
  if (signed.statement !== null) checkStatement(signed.statement, { plan, claims: given, judgement }, notes);
  notes.tick(`run verdict re-derived: ${verdict}`);
  return verdict;
}

/** What the judgement says about the run as a whole, besides its verdict. */
function checkSummary(judgement: Fields, plan: Fields, claims: ReadonlyMap<string, Derived>, notes: Notebook): void {
  const measured = [...claims.values()].some((claim) => claim.n > 0 && claim.provenance === "measured");
  const wanted: Fields = {
    target: plan["target"],
    simulatedOnly: plan["provenance"] !== "measured" || !measured,
  };
  for (const field of Object.keys(wanted)) {
    if (judgement[field] === wanted[field]) continue;
    const words = `${field} of the run is given as ${String(judgement[field])}, the evidence says ${String(wanted[field])}`;
    notes.blame("evidence/claims.json", words, { place: `judgement.${field}` });
  }
}

const fromPlan = ["metric", "kind", "estimator", "qPpm", "confPpm", "unit", "threshold"] as const;

function compareClaims(plan: Fields, derived: ReadonlyMap<string, Derived>, claimsFile: Fields, notes: Notebook): void {
  const where = "evidence/claims.json";
  const given = list(claimsFile["claims"]).map(fieldsOf);
  const planned = list(plan["claims"]).map(fieldsOf);
  if (
    !same(
      given.map((claim) => claim["id"]),
      planned.map((claim) => claim["id"]),
    )
  ) {
    notes.blame(where, "the claims are not those of the plan, in its order", { place: "claims" });
  }
  for (const claim of given) {
    const id = textOf(claim["id"]);
    const promise = planned.find((one) => one["id"] === id);
    const truth = derived.get(id);
    if (promise === undefined || truth === undefined) continue;
    const wanted: Record<string, unknown> = { ...truth, attempt: plan["attempt"], id };
    for (const field of fromPlan) wanted[field] = promise[field];
    for (const field of new Set([...Object.keys(wanted), ...Object.keys(claim)])) {
      if (field === "notes" || same(claim[field], wanted[field])) continue;
      const saw = JSON.stringify(wanted[field]) ?? "no such field";
      notes.blame(where, `${field} is ${JSON.stringify(claim[field]) ?? "missing"}, recomputed ${saw}`, {
        place: field,
        claim: id,
      });
    }
  }
}

function truthFor(facts: {
  readonly bundle: BundleFiles;
  readonly plan: Fields;
  readonly records: Records;
  readonly signed: Signed;
  readonly verdict: string;
}): Truth {
  const { bundle, plan, records, verdict } = facts;
  const { assurance } = facts.signed;
  const planned = new Map(list(plan["claims"]).map((claim) => [textOf(fieldsOf(claim)["id"]), fieldsOf(claim)]));
  return {
    claims: printedClaims(bundle),
    planned,
    verdict,
    assurance,
    attempt: plan["attempt"],
    files: records.files,
    plan,
    env: fieldsOf(fieldsOf(bundle.document("env.json"))["start"]),
    reasons: list(fieldsOf(fieldsOf(bundle.document("claims.json"))["judgement"])["reasons"]).map(fieldsOf),
    planSha256: bundle.files.get("plan.json")?.sha256 ?? "",
    raw: (path) => bundle.raw(path)?.toString("utf8") ?? "",
  };
}

function printedClaims(bundle: BundleFiles): ReadonlyMap<string, Fields> {
  const parsed = fieldsOf(bundle.document("claims.json"));
  return new Map(
    list(parsed["claims"])
      .filter(isFields)
      .map((claim) => [textOf(claim["id"]), claim]),
  );
}
