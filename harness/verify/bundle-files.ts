// The bundle as it lies on disk, with every digest of the manifest recomputed. A file that is missing, changed, not listed or
// no plain file is a problem that names it. Law: measurement §10 step 1.
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseCanonicalBytes } from "./canonical-parse.ts";
import { fieldsOf, isFields, type Fields, type Notebook } from "./facts.ts";
import type { FileDigest } from "./read-lines.ts";

/** A file of a bundle that may be read: regular, and not larger than any run makes. */
export interface BundlePath {
  /** Path below `evidence/`. */
  readonly path: string;
  readonly full: string;
  readonly bytes: number;
}

export interface BundleFile extends BundlePath, FileDigest {}

export interface BundleFiles {
  readonly files: ReadonlyMap<string, BundleFile>;
  readonly manifest: Fields;
  /** Bytes of a small file; undefined when it is missing or larger than a document may be. */
  readonly raw: (path: string) => Buffer | undefined;
  /** One canonical document; undefined with one problem when it cannot be read. */
  readonly document: (path: string) => unknown;
}

const mostFiles = 10_000;
const largestFile = 1 << 30;
/** Claims, manifest, a report: what is read as a whole. */
export const largestDocument = 64 << 20;
const beside = new Set(["manifest.json", "run.dsse.json", "cert.dsse.json"]);
const entryNames = "bytes,chainHead,merkleRoot,records,sha256";

/** Regular files below `root` by path, sorted. Links, devices and giants are blamed and left out. */
export function listBundle(root: string, notes: Notebook): ReadonlyMap<string, BundlePath> {
  const found: BundlePath[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(root.length + 1);
    const bytes = lstatSync(full).size;
    if (!entry.isFile())
      notes.blame(`evidence/${path}`, "it is no regular file: a bundle holds no links and no devices");
    else if (bytes > largestFile) notes.blame(`evidence/${path}`, "it is larger than any file of a bundle may be");
    else found.push({ path, full, bytes });
  }
  if (found.length > mostFiles) notes.blame("evidence", `it holds more than ${mostFiles} files`);
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return new Map(found.slice(0, mostFiles).map((file) => [file.path, file]));
}

/** Reads small files of a bundle, each document once. */
export function openDocuments(
  files: ReadonlyMap<string, BundlePath>,
  notes: Notebook,
): Pick<BundleFiles, "raw" | "document"> {
  const known = new Map<string, unknown>();
  const raw = (path: string): Buffer | undefined => {
    const file = files.get(path);
    return file === undefined || file.bytes > largestDocument ? undefined : readFileSync(file.full);
  };
  return {
    raw,
    document: (path) => {
      if (!known.has(path)) known.set(path, parseDocument(raw(path), `evidence/${path}`, notes));
      return known.get(path);
    },
  };
}

function parseDocument(bytes: Buffer | undefined, where: string, notes: Notebook): unknown {
  if (bytes === undefined) {
    notes.blame(where, "the file is missing or too large");
    return undefined;
  }
  const parsed = parseCanonicalBytes(bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes);
  if (!parsed.ok) {
    notes.blame(where, `not canonical JSON: ${parsed.problem}`);
    return undefined;
  }
  if (bytes.at(-1) !== 10) notes.blame(where, "the last line is cut");
  if (!isFields(parsed.value)) notes.blame(where, "not a JSON object");
  return parsed.value;
}

/** Every file against its entry; of an open run the entries are older than the files. */
export function checkManifest({ files, manifest }: BundleFiles, notes: Notebook): void {
  const open = manifest["state"] === "open";
  const entries = fieldsOf(manifest["files"]);
  for (const path of Object.keys(entries)) {
    const file = files.get(path);
    if (/^\/|\\|(?:^|\/)\.\.?(?:\/|$)/.test(path)) {
      notes.blame("evidence/manifest.json", "it lists a path outside the bundle", { place: path });
    } else if (file === undefined) {
      notes.blame(`evidence/${path}`, "the manifest lists this file and it is missing");
    } else if (!open) checkEntry(file, fieldsOf(entries[path]), notes);
  }
  for (const path of files.keys()) {
    if (beside.has(path) || path in entries || open) continue;
    notes.blame(`evidence/${path}`, "the manifest does not list this file");
  }
  notes.tick(`${files.size} files against manifest.json: bytes, SHA-256, records, hash chain, Merkle root`);
}

function checkEntry(file: BundleFile, entry: Fields, notes: Notebook): void {
  const where = `evidence/${file.path}`;
  const { bytes, chainHead, merkleRoot, records, sha256 } = file;
  const found: Fields = { bytes, chainHead, merkleRoot, records, sha256 };
  const wrong = Object.keys(found).filter((name) => found[name] !== entry[name]);
  if (wrong.length > 0 || Object.keys(entry).join() !== entryNames) {
    notes.blame(where, `the file is not the one in the manifest: ${wrong.join(", ") || "fields"} differ`, {
      place: wrong[0] ?? "fields",
    });
  }
  if (file.cut) notes.blame(where, "the last line is cut");
}
