// The bundle as it lies on disk, with every digest of the manifest recomputed. A file that is missing, changed or not listed
// is a problem that names it. Law: measurement §10 step 1.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseCanonical } from "./canonical-parse.ts";
import { chainOf, digestHex, linesOf, treeOf } from "./digests.ts";
import { fieldsOf, isFields, type Fields, type Notebook } from "./facts.ts";

export interface BundleFile {
  /** Path below `evidence/`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly lines: readonly Buffer[];
  readonly sha256: string;
}

export interface BundleFiles {
  readonly files: ReadonlyMap<string, BundleFile>;
  readonly manifest: Fields;
}

const beside = new Set(["manifest.json", "run.dsse.json", "cert.dsse.json"]);

/** Null when there is no bundle at all. */
export function readBundleFiles(folder: string, notes: Notebook): BundleFiles | null {
  const root = join(folder, "evidence");
  if (!existsSync(join(root, "plan.json"))) return null;
  const files = new Map<string, BundleFile>();
  for (const path of listFiles(root)) {
    const bytes = readFileSync(join(root, path));
    files.set(path, { path, bytes, lines: linesOf(bytes), sha256: digestHex(bytes) });
  }
  const manifest = fieldsOf(document(files, "manifest.json", notes));
  const open = manifest["state"] === "open";
  const entries = fieldsOf(manifest["files"]);
  for (const path of Object.keys(entries)) {
    const file = files.get(path);
    if (file === undefined) notes.blame(`evidence/${path}`, "the manifest lists this file and it is missing");
    else if (!open) checkEntry(file, fieldsOf(entries[path]), notes);
  }
  for (const path of files.keys()) {
    if (beside.has(path) || path in entries || open || path.endsWith(".tmp")) continue;
    notes.blame(`evidence/${path}`, "the manifest does not list this file");
  }
  notes.tick(`${files.size} files against manifest.json: bytes, SHA-256, records, hash chain, Merkle root`);
  return { files, manifest };
}

function listFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

function checkEntry(file: BundleFile, entry: Fields, notes: Notebook): void {
  const where = `evidence/${file.path}`;
  const found: Fields = {
    bytes: file.bytes.length,
    sha256: file.sha256,
    records: file.lines.length,
    chainHead: chainOf(file.lines),
    merkleRoot: treeOf(file.lines),
  };
  const wrong = Object.keys(found).filter((name) => found[name] !== entry[name]);
  if (wrong.length > 0) {
    notes.blame(where, `the file is not the one in the manifest: ${wrong.join(", ")} differ`, {
      place: wrong[0] ?? "",
    });
  }
  if (file.bytes.length > 0 && file.bytes.at(-1) !== 10) notes.blame(where, "the last line is cut");
}

/** One canonical document of the bundle; undefined with a problem when it is not readable. */
export function document(files: ReadonlyMap<string, BundleFile>, path: string, notes: Notebook): unknown {
  const file = files.get(path);
  if (file === undefined) {
    notes.blame(`evidence/${path}`, "the file is missing");
    return undefined;
  }
  const parsed = parseCanonical(file.bytes.toString("utf8").replace(/\n$/, ""));
  if (!parsed.ok) {
    notes.blame(`evidence/${path}`, `not canonical JSON: ${parsed.problem}`);
    return undefined;
  }
  if (!isFields(parsed.value)) notes.blame(`evidence/${path}`, "not a JSON object");
  return parsed.value;
}
