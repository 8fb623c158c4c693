// Signed checkpoints against the final files: what a file held at a checkpoint must still be how it begins. Shows records
// that were dropped, reordered or edited later. Law: measurement §9.
import type { BundleFile } from "./bundle-files.ts";
import { parseCanonical } from "./canonical-parse.ts";
import { chainOf, treeOf } from "./digests.ts";
import { fieldsOf, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import { signedBy, type Keys } from "./signatures.ts";

const file = "evidence/checkpoints.ndjson";
const checkpointType = "application/vnd.e2b-swarm.checkpoint+json";

export function checkCheckpoints(
  files: ReadonlyMap<string, BundleFile>,
  facts: { readonly keys: Keys; readonly signed: boolean; readonly closed: boolean },
  notes: Notebook,
): void {
  const [, ...lines] = files.get("checkpoints.ndjson")?.lines ?? [];
  let seq = -1;
  let time = -1;
  for (const [index, line] of lines.entries()) {
    const place = `line ${index + 2}`;
    const parsed = parseCanonical(line.toString("utf8"));
    const row = parsed.ok ? fieldsOf(parsed.value) : {};
    const at = wholeOf(row["t"]) ?? -1;
    if (wholeOf(row["seq"]) !== seq + 1 || at < time) notes.blame(file, "checkpoints are out of sequence", { place });
    seq += 1;
    time = at;
    if (!facts.signed && row["sig"] !== null) {
      notes.blame(file, "the checkpoint is signed, but the signatures of the run were taken away", { place });
    }
    if (facts.signed && !signatureHolds(row, line, facts.keys)) {
      notes.blame(file, "the signature of the checkpoint does not hold", { place });
    }
    checkPrefixes(files, fieldsOf(row["files"]), { place, notes });
  }
  if (facts.closed && lines.length < 2) notes.blame(file, "a closed run has a checkpoint at its start and at its end");
  const last = lines.at(-1);
  if (facts.closed && last !== undefined) checkLast(files, last, notes);
  notes.tick(`${lines.length} checkpoints: order, signature, and what each file then held`);
}

function signatureHolds(row: Fields, line: Buffer, keys: Keys): boolean {
  const { keyid, sig } = fieldsOf(row["sig"]);
  // The signed bytes are the line without its last-but-two member; `sig` sorts between `seq` and `t`.
  const text = line.toString("utf8");
  const from = text.lastIndexOf(',"sig":{');
  const to = text.indexOf("}", from) + 1;
  if (from < 0 || to <= from) return false;
  const body = Buffer.from(text.slice(0, from) + text.slice(to));
  return signedBy(keys, textOf(keyid), { type: checkpointType, body, sig: textOf(sig) });
}

function checkPrefixes(
  files: ReadonlyMap<string, BundleFile>,
  then: Fields,
  at: { readonly place: string; readonly notes: Notebook },
): void {
  for (const path of Object.keys(then)) {
    const entry = fieldsOf(then[path]);
    const count = wholeOf(entry["records"]) ?? -1;
    const lines = files.get(path)?.lines.slice(0, Math.max(0, count)) ?? [];
    if (lines.length === count && chainOf(lines) === entry["chainHead"] && treeOf(lines) === entry["merkleRoot"])
      continue;
    at.notes.blame(`evidence/${path}`, `the file is not what the checkpoint in ${at.place} saw`, {
      place: `first ${count} lines`,
    });
  }
}

/** The last checkpoint of a closed run covers every record. */
function checkLast(files: ReadonlyMap<string, BundleFile>, line: Buffer, notes: Notebook): void {
  const parsed = parseCanonical(line.toString("utf8"));
  const covered = fieldsOf(parsed.ok ? fieldsOf(parsed.value)["files"] : {});
  for (const file of files.values()) {
    if (!/^(?:samples|observations|events)\//.test(file.path)) continue;
    if (wholeOf(fieldsOf(covered[file.path])["records"]) === file.lines.length) continue;
    notes.blame(`evidence/${file.path}`, "records were added after the last checkpoint", { place: "records" });
  }
}
