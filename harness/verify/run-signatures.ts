// Who signed: plan before the samples, statement after them, both over the very bytes that lie in the bundle. Law:
// measurement §9 and §10 step 1. A key that came with the bundle proves integrity only: assurance A1.
import type { BundleFiles } from "./bundle-files.ts";
import { parseCanonicalBytes } from "./canonical-parse.ts";
import { digestHex } from "./digests.ts";
import { fieldsOf, list, textOf, type Fields, type Notebook } from "./facts.ts";
import { keysOf, openSigned, type Keys } from "./signatures.ts";

export interface Signed {
  readonly keys: Keys;
  /** The run's in-toto statement, once its signature held. */
  readonly statement: Fields | null;
  readonly assurance: "A0" | "A1";
  readonly remarks: readonly string[];
}

const planType = "application/vnd.e2b-swarm.plan+json";
const statementType = "application/vnd.in-toto+json";

/** `trusted` are the key ids that the reader knows from elsewhere; null asks for integrity only. */
export function checkSignatures(bundle: BundleFiles, trusted: ReadonlySet<string> | null, notes: Notebook): Signed {
  const { files, manifest, document } = bundle;
  const parts = ["keys.json", "plan.dsse.json", "run.dsse.json"].filter((name) => files.has(name));
  if (parts.length === 0) {
    if (trusted !== null) {
      notes.blame("evidence/keys.json", "nothing is signed, and a trusted signature was asked for");
    }
    return { keys: new Map(), statement: null, assurance: "A0", remarks: ["Assurance A0: nothing is signed."] };
  }
  const keys = keysOf(document("keys.json"), (problem) =>
    notes.blame("evidence/keys.json", problem, { place: "keys" }),
  );
  const plan = openSigned(document("plan.dsse.json"), keys);
  const planBytes = bundle.raw("plan.json");
  if (plan === null || plan.payloadType !== planType) {
    notes.blame("evidence/plan.dsse.json", "no signature of the plan holds", { place: "signatures" });
  } else if (planBytes === undefined || !plan.payload.equals(planBytes)) {
    notes.blame("evidence/plan.json", "the plan is not the one that was signed", { place: "payload" });
  }
  const closed = manifest["state"] === "closed";
  const statement = closed ? readStatement(bundle, { keys, planKey: plan?.keyid ?? "" }, notes) : null;
  if (trusted !== null && !trusted.has(plan?.keyid ?? "")) {
    notes.blame("evidence/plan.dsse.json", "it is signed by a key that is not trusted", { place: "signatures" });
  }
  notes.tick("signatures of plan and run over their exact bytes");
  const whose = [...keys.keys()].join(", ");
  const how = trusted === null ? "which came with the bundle" : "which is trusted";
  const remarks = [`Assurance A1: signed by the key ${whose}, ${how}. Integrity, not honesty.`];
  return { keys, statement, assurance: "A1", remarks };
}

function readStatement(
  bundle: BundleFiles,
  facts: { readonly keys: Keys; readonly planKey: string },
  notes: Notebook,
): Fields | null {
  const where = "evidence/run.dsse.json";
  const run = openSigned(bundle.document("run.dsse.json"), facts.keys);
  if (run === null || run.payloadType !== statementType) {
    notes.blame(where, "no signature of the run holds", { place: "signatures" });
    return null;
  }
  if (run.keyid !== facts.planKey) notes.blame(where, "plan and run are signed by different keys", { place: "keyid" });
  const parsed = parseCanonicalBytes(run.payload);
  if (!parsed.ok) {
    notes.blame(where, `not canonical JSON: ${parsed.problem}`, { place: "payload" });
    return null;
  }
  const statement = fieldsOf(parsed.value);
  checkSubjects(bundle, statement, notes);
  return statement;
}

function checkSubjects(bundle: BundleFiles, statement: Fields, notes: Notebook): void {
  const where = "evidence/run.dsse.json";
  const manifest = bundle.raw("manifest.json");
  const digest = manifest === undefined ? "" : digestHex(manifest);
  if (digestOf(statement["subject"], "manifest.json", "sha256") !== digest) {
    notes.blame("evidence/manifest.json", "the manifest is not the one that was signed", { place: "subject" });
  }
  const start = fieldsOf(fieldsOf(bundle.document("env.json"))["start"]);
  const others = [
    ["source", "gitCommit", "commit", "another commit"],
    ["package-lock.json", "sha256", "lockfileSha256", "another lockfile"],
  ] as const;
  for (const [name, kind, field, what] of others) {
    const named = digestOf(statement["subject"], name, kind);
    if (named === undefined || named === start[field]) continue;
    notes.blame(where, `the statement names ${what} than the fingerprint`, { place: "subject" });
  }
  const plans = fieldsOf(statement["predicate"])["configuration"];
  if (digestOf(plans, "plan.json", "sha256") !== bundle.manifest["planSha256"]) {
    notes.blame(where, "the statement names another plan", { place: "predicate.configuration" });
  }
}

function digestOf(subjects: unknown, name: string, kind: string): unknown {
  const subject = list(subjects)
    .map(fieldsOf)
    .find((one) => one["name"] === name);
  return fieldsOf(subject?.["digest"])[kind];
}

/** Result and lists of the signed statement against plan and claims: consumers read these and nothing else. */
export function checkStatement(
  statement: Fields,
  facts: { readonly plan: Fields; readonly claims: readonly Fields[]; readonly judgement: Fields },
  notes: Notebook,
): void {
  const where = "evidence/run.dsse.json";
  const { judgement } = facts;
  const predicate = fieldsOf(statement["predicate"]);
  const result = results[textOf(judgement["verdict"])] ?? "FAILED";
  if (predicate["result"] !== result) {
    notes.blame(where, "the signed result is not that of the run verdict", { place: "predicate.result" });
  }
  const gated = new Set(list(facts.plan["claims"]).flatMap((claim) => gateOf(fieldsOf(claim))));
  const inside = facts.claims.filter((claim) => gated.has(textOf(claim["id"])));
  const name = (claim: Fields): string => `${textOf(claim["target"])}/${textOf(claim["id"])}`;
  const passed = inside.filter((claim) => claim["verdict"] === "PASS").map(name);
  const others = inside.filter((claim) => claim["verdict"] !== "PASS");
  const failed = others.map((claim) => `${textOf(claim["verdict"])}: ${name(claim)}`);
  const lists = [
    ["passedTests", passed, "the tests it calls passed are not the claims that passed"],
    ["failedTests", result === "FAILED" ? failed : [], "the tests it calls failed are not the claims that failed"],
  ] as const;
  for (const [field, wanted, problem] of lists) {
    if (list(predicate[field]).join("\n") === wanted.join("\n")) continue;
    notes.blame(where, problem, { place: `predicate.${field}` });
  }
  if (statement["predicateType"] !== (judgement["simulatedOnly"] === true ? ownResult : testResult)) {
    notes.blame(where, "the statement is of another type than such a run may have", { place: "predicateType" });
  }
}

function gateOf(claim: Fields): readonly string[] {
  return claim["need"] === "info" ? [] : [textOf(claim["id"])];
}

const testResult = "https://in-toto.io/attestation/test-result/v0.1";
const ownResult = "https://e2b-swarm.dev/attestation/validation/v1";
const results: Readonly<Record<string, string>> = {
  CERTIFIED: "PASSED",
  CONDITIONAL: "WARNED",
  REFUSED: "FAILED",
  INCOMPLETE: "FAILED",
};
