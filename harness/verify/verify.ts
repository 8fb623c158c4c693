// Verification of a run from its files alone: digests, signatures, headers, witnesses, every claim and the run verdict
// recomputed by a second method, every printed figure compared. Shares no code with the court. Law: measurement §10.
import type { RunVerdict } from "../claims/types.ts";
import { document, readBundleFiles, type BundleFile, type BundleFiles } from "./bundle-files.ts";
import { checkCheckpoints } from "./checkpoints.ts";
import { fieldsOf, isFields, list, openNotebook, textOf, type Fields, type Notebook, type Problem } from "./facts.ts";
import { sicknessOf, type Sickness } from "./harness-pulse.ts";
import { lintRecords } from "./lints.ts";
import type { Truth } from "./printed-tables.ts";
import { readRecordFile, witnessesIn, witnessProblem, type RecordFile } from "./record-files.ts";
import { rederiveClaim, type Derived } from "./rederive-claim.ts";
import { rederiveReasons, verdictFor } from "./rederive-run.ts";
import { checkReports } from "./reports.ts";
import { checkSignatures, type Signed } from "./run-signatures.ts";
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

/** Reads `<folder>/evidence` and the reports beside it. Writes nothing, opens no connection, throws for nothing in the bundle. */
export function verifyFolder(folder: string): Verification {
  const notes = openNotebook();
  const bundle = readBundleFiles(folder, notes);
  if (bundle === null) {
    notes.blame("evidence/plan.json", "there is no evidence bundle in this folder");
    return { verified: false, verdict: null, exitCode: 5, checked: [], remarks: [], problems: notes.problems };
  }
  const open = bundle.manifest["state"] === "open";
  const plan = fieldsOf(document(bundle.files, "plan.json", notes));
  checkHeads(bundle, plan, notes);
  const signed = checkSignatures(bundle, notes);
  checkCheckpoints(bundle.files, { keys: signed.keys, signed: signed.assurance !== "A0", closed: !open }, notes);
  const records = readRecords(bundle, plan, notes);
  const claims = rederive(plan, records, notes);
  const verdict = open ? "INCOMPLETE" : judge({ bundle, plan, records, claims, signed }, notes);
  lintRecords(records.files, notes);
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

function readRecords(bundle: BundleFiles, plan: Fields, notes: Notebook): Records {
  const expected = { run: textOf(plan["run"]), planSha256: bundle.files.get("plan.json")?.sha256 ?? "" };
  const files = [...bundle.files.values()].flatMap((file) => {
    const read = readRecordFile(file, expected, notes);
    return read === null ? [] : [read];
  });
  const seen = witnessesIn(files, notes);
  for (const file of files) {
    if (file.kind === "events") continue;
    for (const [index, row] of file.rows.entries()) {
      const problem = witnessProblem(row, seen);
      if (problem !== null) notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
    }
  }
  const rows = files.reduce((sum, file) => sum + file.rows.length, 0);
  notes.tick(`${rows} records: canonical form, schema, run, plan, witness, provenance and target`);
  return { files, seen, sick: sicknessOf(plan, files) };
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
  const claimsFile = fieldsOf(document(bundle.files, "claims.json", notes));
  compareClaims(plan, claims, claimsFile, notes);
  const env = fieldsOf(document(bundle.files, "env.json", notes));
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
  const given = stated.map((one) => `${textOf(one["level"])} ${textOf(one["code"])} ${textOf(one["claim"])}`.trimEnd());
  if (!same([...new Set(given)].sort(), reasons)) {
    notes.blame(where, "the reasons of the run verdict are not those of the evidence", { place: "judgement.reasons" });
  }
  notes.tick(`run verdict re-derived: ${verdict}`);
  return verdict;
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
    claims: printedClaims(bundle.files),
    planned,
    verdict,
    assurance,
    attempt: plan["attempt"],
    files: records.files,
  };
}

function printedClaims(files: ReadonlyMap<string, BundleFile>): ReadonlyMap<string, Fields> {
  const parsed = fieldsOf(document(files, "claims.json", openNotebook()));
  return new Map(
    list(parsed["claims"])
      .filter(isFields)
      .map((claim) => [textOf(claim["id"]), claim]),
  );
}
