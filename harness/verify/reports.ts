// The rendered reports against manifest and claims. The digest shows that a report changed; the figures inside its claim
// elements show which claim was changed. Law: measurement §10 step 5, "no unbacked digit".
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isUtf8 } from "node:buffer";
import { largestDocument } from "./bundle-files.ts";
import { digestHex } from "./digests.ts";
import { checkPage, checkText, tokensOf } from "./page.ts";
import { checkProse } from "./prose.ts";
import { checkResultsHead } from "./results-head.ts";
import { checkTables, type Truth } from "./printed-tables.ts";
import { same, sorted } from "./same.ts";
import { shownAgrees } from "./shown-figure.ts";
import { fieldsOf, isFields, list, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";

type Printed = Truth["claims"];

export function checkReports(folder: string, manifest: Fields, printed: Truth, notes: Notebook): void {
  const claims = printed.claims;
  const reports = fieldsOf(manifest["reports"]);
  const texts = new Map<string, string>();
  for (const name of Object.keys(reports)) {
    const text = readReport(join(folder, name), name, fieldsOf(reports[name]), notes);
    if (text !== null) texts.set(name, text);
  }
  const page = texts.get("report.html");
  const front = page === undefined ? null : tokensOf(page);
  const known = recordedText(printed, texts);
  for (const [name, text] of texts) {
    checkText(name, text, notes);
    if (name.endsWith(".html")) checkPage(name, text, known, notes);
    // A page and its Markdown are two printings of one report.
    const own = name.endsWith(".md") ? texts.get(name.replace(/md$/, "html")) : undefined;
    const tokens = own === undefined ? front : tokensOf(own);
    if (tokens !== null) checkProse(name, text, { tokens, claims }, notes);
    figureProblems(name, text, claims, notes);
    checkTables(name, text, printed, notes);
    if (name.endsWith(".json")) jsonHead(name, text, { ...printed, manifest }, notes);
    if (name === "results.json") checkResultsHead(name, text, printed, notes);
  }
  notes.tick(`${Object.keys(reports).length} reports: digest, and every figure against its claim`);
}

/** Text of one report; null when it cannot be one. A changed digest is a problem whatever else is found. */
function readReport(path: string, name: string, entry: Fields, notes: Notebook): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!/^[a-z0-9][a-z0-9.-]*$/i.test(name) || stat === undefined) {
    notes.blame(name, "the manifest lists this report and it is missing");
    return null;
  }
  if (!stat.isFile() || stat.size > largestDocument) {
    notes.blame(name, "it is no regular file of a size that a report has");
    return null;
  }
  const bytes = readFileSync(path);
  if (digestHex(bytes) !== entry["sha256"] || bytes.length !== entry["bytes"]) {
    notes.blame(name, "the report is not the one in the manifest: sha256 differs", { place: "sha256" });
  }
  if (isUtf8(bytes)) return bytes.toString("utf8");
  notes.blame(name, "not UTF-8");
  return null;
}

/** Recorded text that a page may quote: plan, fingerprint, claims, and what results.json says of the run. */
function recordedText(printed: Truth, texts: ReadonlyMap<string, string>): string {
  const documents = ["plan.json", "env.json", "claims.json", "manifest.json"].map((name) => printed.raw(name));
  const told = printed.files.flatMap((file) =>
    file.kind === "events"
      ? file.rows.filter((row) => row["k"] === "note").map((row) => JSON.stringify(row["data"]))
      : [],
  );
  const joined = [...documents, ...told, texts.get("results.json") ?? ""].join(" ");
  const stamps = joined.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g) ?? [];
  return [joined, ...stamps.map((stamp) => stamp.replace("T", " "))].join(" ");
}

function figureProblems(name: string, text: string, claims: Printed, notes: Notebook): void {
  if (name.endsWith(".html")) htmlFigures(name, text, claims, notes);
  if (name.endsWith(".json")) jsonFigures(name, text, claims, notes);
}

/** Verdict and evidence digest that results.json prints. The digest is that of the manifest before it named the reports. */
function jsonHead(
  name: string,
  text: string,
  facts: Pick<Truth, "verdict" | "assurance"> & { readonly manifest: Fields },
  notes: Notebook,
): void {
  const parsed = parseJson(text);
  if (parsed === undefined) return;
  const { verdict, run } = fieldsOf(parsed);
  if (verdict !== undefined && verdict !== facts.verdict) {
    notes.blame(name, `the verdict is printed as ${textOf(verdict)}, the evidence says ${facts.verdict}`, {
      place: "verdict",
    });
  }
  const assurance = fieldsOf(run)["assurance"];
  if (assurance !== undefined && assurance !== facts.assurance) {
    notes.blame(name, `the assurance is printed as ${textOf(assurance)}, the signatures give ${facts.assurance}`, {
      place: "run.assurance",
    });
  }
  const printed = fieldsOf(run)["manifestSha256"];
  const bare = `${JSON.stringify(sorted({ ...facts.manifest, reports: {} }))}\n`;
  if (printed !== undefined && printed !== digestHex(Buffer.from(bare))) {
    notes.blame(name, "it names another manifest", { place: "run.manifestSha256" });
  }
}

function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}

const element = /<data\b([^>]*)>([^<]*)<\/data>/g;
const attribute = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function htmlFigures(name: string, text: string, claims: Printed, notes: Notebook): void {
  for (const [, inside = "", visible = ""] of text.matchAll(element)) {
    const found = new Map([...inside.matchAll(attribute)].map(([, key = "", a, b]) => [key, a ?? b ?? ""]));
    const id = found.get("data-claim");
    if (id === undefined) continue;
    const field = found.get("data-field") ?? "value";
    const claim = claims.get(id);
    if (claim === undefined)
      notes.blame(name, `it prints the claim ${id}, which claims.json does not hold`, { claim: id });
    else {
      compareMarks(name, { id, claim, found }, notes);
      compareFigure(name, { id, field, claim, shown: found.get("value") ?? "", visible }, notes);
    }
  }
}

/** Where a figure comes from is said by the claim, whatever part of it is printed. */
function compareMarks(
  name: string,
  { id, claim, found }: { readonly id: string; readonly claim: Fields; readonly found: ReadonlyMap<string, string> },
  notes: Notebook,
): void {
  for (const field of ["provenance", "target"]) {
    const shown = found.get(`data-${field}`);
    if (shown === undefined || shown === textOf(claim[field])) continue;
    notes.blame(name, `${field} of ${id} is printed as ${shown}`, { place: field, claim: id });
  }
}

function compareFigure(
  name: string,
  figure: {
    readonly id: string;
    readonly field: string;
    readonly claim: Fields;
    readonly shown: string;
    readonly visible: string;
  },
  notes: Notebook,
): void {
  const { id, field, claim, shown, visible } = figure;
  const truth = at(claim, field);
  const spot = { place: field, claim: id };
  if (truth === undefined) return notes.blame(name, `it prints ${field} of ${id}, which no claim has`, spot);
  const wanted = truth === null ? ["", "null", "0"] : [String(truth)];
  if (!wanted.includes(shown)) {
    return notes.blame(name, `${field} of ${id} is printed as "${shown}", the claim says ${String(truth)}`, spot);
  }
  if (typeof truth === "number" && !shownAgrees(visible, truth)) {
    notes.blame(name, `${field} of ${id} reads "${visible}", the claim says ${truth}`, spot);
  }
}

/** A field of a claim by its dotted name; undefined for names that are no field of a claim. */
function at(claim: Fields, field: string): string | number | boolean | null | undefined {
  if (field === "more") return Math.max(0, (wholeOf(claim["need"]) ?? wholeOf(claim["n"]) ?? 0) - Number(claim["n"]));
  let value: unknown = field === "threshold" ? fieldsOf(claim["threshold"])["value"] : claim;
  if (field === "threshold") return typeof value === "number" ? value : undefined;
  for (const part of field.split(".")) value = isFields(value) ? value[part] : undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null ? null : undefined;
}

/** results.json holds the claims too; each one that has an id of ours must agree in every field it shares. */
function jsonFigures(name: string, text: string, claims: Printed, notes: Notebook): void {
  const parsed = parseJson(text);
  if (parsed === undefined) return notes.blame(name, "the report is not JSON");
  for (const entry of list(fieldsOf(parsed)["claims"]).map(fieldsOf)) {
    const id = textOf(entry["id"]);
    const claim = claims.get(id);
    if (claim === undefined) {
      notes.blame(name, `it holds the claim ${id}, which claims.json does not`, { claim: id });
      continue;
    }
    for (const field of Object.keys(claim)) {
      if (!(field in entry) || same(entry[field], claim[field])) continue;
      notes.blame(name, `${field} of ${id} differs from claims.json`, { place: field, claim: id });
    }
  }
}
