// Who signed: plan before the samples, statement after them, both over the very bytes that lie in the bundle. Law:
// measurement §9 and §10 step 1. A key that came with the bundle proves integrity only: assurance A1.
import type { BundleFiles } from "./bundle-files.ts";
import { document } from "./bundle-files.ts";
import { parseCanonical } from "./canonical-parse.ts";
import { digestHex } from "./digests.ts";
import { fieldsOf, list, type Fields, type Notebook } from "./facts.ts";
import { keysOf, openSigned, type Keys } from "./signatures.ts";

export interface Signed {
  readonly keys: Keys;
  readonly assurance: "A0" | "A1";
  readonly remarks: readonly string[];
}

const planType = "application/vnd.e2b-swarm.plan+json";
const statementType = "application/vnd.in-toto+json";

export function checkSignatures(bundle: BundleFiles, notes: Notebook): Signed {
  const { files, manifest } = bundle;
  const parts = ["keys.json", "plan.dsse.json", "run.dsse.json"].filter((name) => files.has(name));
  if (parts.length === 0) {
    return { keys: new Map(), assurance: "A0", remarks: ["Assurance A0: nothing is signed."] };
  }
  const keys = keysOf(document(files, "keys.json", notes));
  const plan = openSigned(document(files, "plan.dsse.json", notes), keys);
  const planBytes = files.get("plan.json")?.bytes;
  if (plan === null || plan.payloadType !== planType) {
    notes.blame("evidence/plan.dsse.json", "no signature of the plan holds", { place: "signatures" });
  } else if (planBytes === undefined || !plan.payload.equals(planBytes)) {
    notes.blame("evidence/plan.json", "the plan is not the one that was signed", { place: "payload" });
  }
  if (manifest["state"] === "closed") checkStatement(bundle, { keys, planKey: plan?.keyid ?? "" }, notes);
  notes.tick("signatures of plan and run over their exact bytes");
  const whose = [...keys.keys()].join(", ");
  return {
    keys,
    assurance: "A1",
    remarks: [`Assurance A1: signed by the key ${whose}, which came with the bundle. Integrity, not honesty.`],
  };
}

function checkStatement(
  bundle: BundleFiles,
  facts: { readonly keys: Keys; readonly planKey: string },
  notes: Notebook,
): void {
  const where = "evidence/run.dsse.json";
  const run = openSigned(document(bundle.files, "run.dsse.json", notes), facts.keys);
  if (run === null || run.payloadType !== statementType) {
    return notes.blame(where, "no signature of the run holds", { place: "signatures" });
  }
  if (run.keyid !== facts.planKey) notes.blame(where, "plan and run are signed by different keys", { place: "keyid" });
  const parsed = parseCanonical(run.payload.toString("utf8"));
  const statement = parsed.ok ? fieldsOf(parsed.value) : {};
  const manifest = bundle.files.get("manifest.json");
  const digest = manifest === undefined ? "" : digestHex(manifest.bytes);
  if (digestOf(statement["subject"], "manifest.json") !== digest) {
    notes.blame("evidence/manifest.json", "the manifest is not the one that was signed", { place: "subject" });
  }
  const predicate = fieldsOf(statement["predicate"]);
  if (digestOf(predicate["configuration"], "plan.json") !== bundle.manifest["planSha256"]) {
    notes.blame(where, "the statement names another plan", { place: "predicate.configuration" });
  }
  checkResult(bundle, predicate, notes);
}

const results: Readonly<Record<string, string>> = {
  CERTIFIED: "PASSED",
  CONDITIONAL: "WARNED",
  REFUSED: "FAILED",
  INCOMPLETE: "FAILED",
};

function checkResult(bundle: BundleFiles, predicate: Fields, notes: Notebook): void {
  const claims = parseCanonical(bundle.files.get("claims.json")?.bytes.toString("utf8").trimEnd() ?? "");
  const judgement = fieldsOf(fieldsOf(claims.ok ? claims.value : {})["judgement"]);
  if (predicate["result"] === results[String(judgement["verdict"])]) return;
  notes.blame("evidence/run.dsse.json", "the signed result is not that of the run verdict", {
    place: "predicate.result",
  });
}

function digestOf(subjects: unknown, name: string): unknown {
  const subject = list(subjects)
    .map(fieldsOf)
    .find((one) => one["name"] === name);
  return fieldsOf(subject?.["digest"])["sha256"];
}
