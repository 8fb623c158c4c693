// The documents around the records: they belong to this run and plan, their sentences hold no figures, and the ledger counts the
// attempts that the plan says it paid for. Law: measurement §5.6, §8 and §10 step 4.
import type { BundleFiles } from "./bundle-files.ts";
import { fieldsOf, list, textOf, type Fields, type Notebook } from "./facts.ts";
import { ownWords } from "./own-words.ts";
import type { RecordFile } from "./record-files.ts";
import type { Derived } from "./rederive-claim.ts";

export interface Documents {
  readonly bundle: BundleFiles;
  readonly plan: Fields;
  readonly claims: Fields;
  readonly files: readonly RecordFile[];
  readonly derived: ReadonlyMap<string, Derived>;
  readonly verdict: string;
}

export function checkDocuments(documents: Documents, notes: Notebook): void {
  checkHeads(documents, notes);
  checkWords(documents, notes);
  checkLedger(documents, notes);
}

const steady = ["arch", "commit", "cpuModel", "kernel", "lockfileSha256", "node", "package", "platform"] as const;

function checkHeads({ bundle, plan, claims }: Documents, notes: Notebook): void {
  const where = "evidence/claims.json";
  if (claims["schema"] !== "claims/1" || claims["run"] !== plan["run"]) {
    notes.blame(where, "it belongs to another run", { place: "run" });
  }
  if (claims["planSha256"] !== bundle.files.get("plan.json")?.sha256) {
    notes.blame(where, "it was made under another plan", { place: "planSha256" });
  }
  const env = fieldsOf(bundle.document("env.json"));
  if (env["schema"] !== "env/1" || env["run"] !== plan["run"]) {
    notes.blame("evidence/env.json", "it belongs to another run", { place: "run" });
  }
  const start = fieldsOf(env["start"]);
  const end = fieldsOf(env["end"]);
  for (const field of steady) {
    if (env["end"] === null || start[field] === end[field]) continue;
    notes.blame("evidence/env.json", `${field} changed during the run`, { place: `end.${field}` });
  }
}

/** Sentences of notes and reasons hold no figure of their own: figures come from claims. */
function checkWords({ plan, claims, files }: Documents, notes: Notebook): void {
  const where = "evidence/claims.json";
  const quoted = new Set(
    files.flatMap((file) => (file.kind === "observations" ? file.rows.map((row) => row["what"]) : [])),
  );
  const shards = list(plan["shards"])
    .map(textOf)
    .sort((a, b) => b.length - a.length);
  const speaks = (sentence: unknown): boolean => {
    const bare = shards.reduce((text, name) => text.replaceAll(name, " "), textOf(sentence));
    return /\p{N}/u.test(bare.replace(ownWords, " "));
  };
  for (const claim of list(claims["claims"]).map(fieldsOf)) {
    if (!list(claim["notes"]).some((note) => !quoted.has(note) && speaks(note))) continue;
    notes.blame(where, "a note holds a figure that no record holds", { place: "notes", claim: textOf(claim["id"]) });
  }
  for (const reason of list(fieldsOf(claims["judgement"])["reasons"]).map(fieldsOf)) {
    if (speaks(reason["sentence"])) notes.blame(where, "a reason holds a figure", { place: "judgement.reasons" });
  }
}

function checkLedger({ bundle, plan, derived, verdict }: Documents, notes: Notebook): void {
  const where = "evidence/ledger.json";
  const attempts = list(fieldsOf(bundle.document("ledger.json"))["attempts"]).map(fieldsOf);
  const own = attempts.at(-1);
  if (own === undefined) return notes.blame(where, "it does not hold this attempt", { place: "attempts" });
  const wanted: Fields = {
    counted: [...derived.values()].some((claim) => claim.n > 0 && claim.provenance === "measured"),
    createdAtMs: plan["createdAtMs"],
    planSha256: bundle.files.get("plan.json")?.sha256,
    run: plan["run"],
    verdict,
  };
  for (const field of Object.keys(wanted)) {
    if (own[field] === wanted[field]) continue;
    notes.blame(where, `${field} of this attempt is not that of the evidence`, { place: field });
  }
  const divided = Array.isArray(plan["parts"]);
  // A divided plan may be merged again; that is no other attempt.
  const earlier = attempts.slice(0, -1).filter((one) => !divided || one["planSha256"] !== own["planSha256"]);
  const before = earlier.filter((one) => one["counted"] === true).length;
  // A part runs where the ledger of the plan may not lie; a plan that pays for more attempts is only stricter.
  if (plan["attempt"] === before + 1 || (divided && Number(plan["attempt"]) > before)) return;
  const said = String(plan["attempt"]);
  notes.blame(where, `it counts ${before} attempts before this one, the plan says ${said}`, { place: "attempt" });
}
