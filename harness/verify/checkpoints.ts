// Signed checkpoints against the final files: what a file held at a checkpoint must still be how it begins. Shows records
// that were dropped, reordered or edited later. Law: measurement §9.
import type { BundleFile } from "./bundle-files.ts";
import { parseCanonicalBytes } from "./canonical-parse.ts";
import { fieldsOf, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import { readLines } from "./read-lines.ts";
import { kindOf } from "./record-files.ts";
import { signedBy, type Keys } from "./signatures.ts";

const file = "evidence/checkpoints.ndjson";
const checkpointType = "application/vnd.e2b-swarm.checkpoint+json";

export interface CheckpointRow {
  readonly line: string;
  readonly row: Fields;
}

/** The rows, and after how many records of which file somebody signed what it held. A cut last line is no row. */
export function readCheckpoints(
  path: string | undefined,
  notes: Notebook,
): { readonly rows: readonly CheckpointRow[]; readonly wanted: ReadonlyMap<string, ReadonlySet<number>> } {
  const rows: CheckpointRow[] = [];
  const wanted = new Map<string, Set<number>>();
  if (path === undefined) return { rows, wanted };
  readLines(path, new Set(), (line, number) => {
    if (number === 1) return;
    const parsed = parseCanonicalBytes(line);
    if (!parsed.ok) notes.blame(file, `not a canonical record: ${parsed.problem}`, { place: `line ${number}` });
    const row = parsed.ok ? fieldsOf(parsed.value) : {};
    rows.push({ line: line.toString("utf8"), row });
    for (const [name, entry] of Object.entries(fieldsOf(row["files"]))) {
      const count = wholeOf(fieldsOf(entry)["records"]);
      if (count === null) continue;
      const counts = wanted.get(name) ?? new Set();
      counts.add(count);
      wanted.set(name, counts);
    }
  });
  return { rows, wanted };
}

export function checkCheckpoints(
  files: ReadonlyMap<string, BundleFile>,
  facts: {
    readonly rows: readonly CheckpointRow[];
    readonly keys: Keys;
    readonly signed: boolean;
    readonly closed: boolean;
  },
  notes: Notebook,
): void {
  const { rows } = facts;
  const held = new Map<string, number>();
  let time = -1;
  for (const [index, { line, row }] of rows.entries()) {
    const place = `line ${index + 2}`;
    const at = wholeOf(row["t"]) ?? -1;
    const named = Object.keys(row).join() === "files,seq,sig,t";
    if (!named || row["seq"] !== index || at < time) notes.blame(file, "checkpoints are out of sequence", { place });
    time = at;
    if (!facts.signed && row["sig"] !== null) {
      notes.blame(file, "the checkpoint is signed, but the signatures of the run were taken away", { place });
    }
    if (facts.signed && !signatureHolds(row, line, facts.keys)) {
      notes.blame(file, "the signature of the checkpoint does not hold", { place });
    }
    checkStates(files, fieldsOf(row["files"]), held, { place, notes });
  }
  if (facts.closed && rows.length < 2) notes.blame(file, "a closed run has a checkpoint at its start and at its end");
  if (facts.closed) checkLast(files, held, notes);
  notes.tick(`${rows.length} checkpoints: order, signature, and what each file then held`);
}

function signatureHolds(row: Fields, text: string, keys: Keys): boolean {
  const { keyid, sig } = fieldsOf(row["sig"]);
  // The signed bytes are the line without its last-but-two member; `sig` sorts between `seq` and `t`.
  const from = text.lastIndexOf(',"sig":{');
  const to = text.indexOf("}", from) + 1;
  if (from < 0 || to <= from) return false;
  const body = Buffer.from(text.slice(0, from) + text.slice(to));
  return signedBy(keys, textOf(keyid), { type: checkpointType, body, sig: textOf(sig) });
}

/** What a file held then is still how it begins, and it never held less than before. `held` is brought up to date. */
function checkStates(
  files: ReadonlyMap<string, BundleFile>,
  then: Fields,
  held: Map<string, number>,
  at: { readonly place: string; readonly notes: Notebook },
): void {
  for (const [path, before] of held) {
    if ((wholeOf(fieldsOf(then[path])["records"]) ?? 0) >= before) continue;
    at.notes.blame(file, `${path} holds fewer records than the checkpoint before saw`, { place: at.place });
  }
  for (const path of Object.keys(then)) {
    const entry = fieldsOf(then[path]);
    const count = wholeOf(entry["records"]) ?? -1;
    held.set(path, Math.max(0, count));
    const state = files.get(path)?.states.get(count);
    if (state?.chainHead === entry["chainHead"] && state?.merkleRoot === entry["merkleRoot"] && state) continue;
    at.notes.blame(`evidence/${path}`, `the file is not what the checkpoint in ${at.place} saw`, {
      place: `first ${count} lines`,
    });
  }
}

/** The last checkpoint of a closed run covers every record. */
function checkLast(files: ReadonlyMap<string, BundleFile>, held: ReadonlyMap<string, number>, notes: Notebook): void {
  for (const one of files.values()) {
    if (kindOf(one.path) === null || held.get(one.path) === one.records) continue;
    notes.blame(`evidence/${one.path}`, "records were added after the last checkpoint", { place: "records" });
  }
}
