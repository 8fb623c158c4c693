// A merged run: every record was signed by one part, and what that part signed lies under `parts/<number>/`. Nothing may be
// taken over changed, and nothing may stand here that no part brought. Law: measurement §9 and decision 0074.
import type { BundleFiles } from "./bundle-files.ts";
import { parseCanonicalBytes } from "./canonical-parse.ts";
import { readCheckpoints } from "./checkpoints.ts";
import { fieldsOf, list, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import { kindOf, type RecordFile } from "./record-files.ts";
import { keysOf, openSigned } from "./signatures.ts";

/** Files of a part that its manifest lists and that lie beside it. */
const signedBeside = ["plan.dsse.json", "keys.json", "env.json", "checkpoints.ndjson"] as const;
const ownShard = "events/merge.ndjson";

/** Time of the first signed checkpoint of the part that recorded a file, by path; empty for a run that was not merged. */
export function checkParts(
  bundle: BundleFiles,
  facts: { readonly plan: Fields; readonly records: readonly RecordFile[] },
  notes: Notebook,
): ReadonlyMap<string, number | null> {
  const found = [...bundle.files.keys()].flatMap((path) => /^parts\/([1-9])\/manifest\.json$/.exec(path)?.[1] ?? []);
  const opened = new Map<string, number | null>();
  if (found.length === 0) {
    if (bundle.files.has(ownShard))
      notes.blame(`evidence/${ownShard}`, "it is a merged run without what its parts signed");
    return opened;
  }
  if (!Array.isArray(facts.plan["parts"])) notes.blame("evidence/parts", "its plan is not divided");
  const merge = facts.records.find((file) => file.path === ownShard);
  for (const part of found) {
    const first = firstCheckpoint(bundle, part, notes);
    for (const path of checkPart(bundle, { part, plan: facts.plan, merge }, notes)) opened.set(path, first);
  }
  for (const path of bundle.files.keys()) {
    if (kindOf(path) === null || path === ownShard || opened.has(path)) continue;
    notes.blame(`evidence/${path}`, "no part of the run signed it");
  }
  notes.tick(`${found.length} parts: their signatures, and every record file as its part signed it`);
  return opened;
}

function firstCheckpoint(bundle: BundleFiles, part: string, notes: Notebook): number | null {
  const { rows } = readCheckpoints(bundle.files.get(`parts/${part}/checkpoints.ndjson`)?.full, notes);
  return wholeOf(rows[0]?.row["t"]);
}

/** Record files that the part signed. */
function checkPart(
  bundle: BundleFiles,
  facts: { readonly part: string; readonly plan: Fields; readonly merge: RecordFile | undefined },
  notes: Notebook,
): readonly string[] {
  const folder = `parts/${facts.part}`;
  const where = `evidence/${folder}/manifest.json`;
  const own = bundle.files.get(`${folder}/manifest.json`)?.sha256 ?? "";
  const manifest = fieldsOf(bundle.document(`${folder}/manifest.json`));
  if (manifest["run"] !== facts.plan["run"] || manifest["planSha256"] !== bundle.files.get("plan.json")?.sha256) {
    notes.blame(where, "it belongs to another run", { place: "planSha256" });
  }
  const data = (facts.merge?.rows ?? []).map((row) => fieldsOf(row["data"]));
  if (!data.some((one) => one["shard"] === Number(facts.part) && one["manifestSha256"] === own)) {
    notes.blame(where, "it is not the one that the merge took in", { place: "sha256" });
  }
  if (signedManifest(bundle, folder, notes) !== own) notes.blame(where, "no signature of the part holds for it");
  const entries = fieldsOf(manifest["files"]);
  const records = Object.keys(entries).filter((path) => kindOf(path) !== null);
  const pairs = [...records.map((path) => [path, path]), ...signedBeside.map((name) => [name, `${folder}/${name}`])];
  for (const [name = "", path = ""] of pairs) {
    const file = bundle.files.get(path);
    if (file !== undefined && file.sha256 === fieldsOf(entries[name])["sha256"]) continue;
    notes.blame(`evidence/${path}`, `it is not what part ${facts.part} signed`, { place: "sha256" });
  }
  return records;
}

/** Digest of the manifest in the part's signed statement; null when its signature does not hold. */
function signedManifest(bundle: BundleFiles, folder: string, notes: Notebook): string | null {
  const keys = keysOf(bundle.document(`${folder}/keys.json`), (problem) =>
    notes.blame(`evidence/${folder}/keys.json`, problem, { place: "keys" }),
  );
  const signed = openSigned(bundle.document(`${folder}/run.dsse.json`), keys);
  if (signed === null) return null;
  const parsed = parseCanonicalBytes(signed.payload);
  const subjects = parsed.ok ? list(fieldsOf(parsed.value)["subject"]).map(fieldsOf) : [];
  const named = subjects.find((one) => one["name"] === "manifest.json");
  return textOf(fieldsOf(named?.["digest"])["sha256"]);
}
