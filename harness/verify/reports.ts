// The rendered reports against manifest and claims. The digest shows that a report changed; the figures inside its claim
// elements show which claim was changed. Law: measurement §10 step 5, "no unbacked digit".
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestHex } from "./digests.ts";
import { checkTables, type Truth } from "./printed-tables.ts";
import { same, sorted } from "./same.ts";
import { shownAgrees } from "./shown-figure.ts";
import { fieldsOf, isFields, list, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";

type Printed = Truth["claims"];

export function checkReports(folder: string, manifest: Fields, printed: Truth, notes: Notebook): void {
  const claims = printed.claims;
  const reports = fieldsOf(manifest["reports"]);
  for (const name of Object.keys(reports)) {
    const path = join(folder, name);
    if (!/^[a-z0-9][a-z0-9.-]*$/i.test(name) || !existsSync(path)) {
      notes.blame(name, "the manifest lists this report and it is missing");
      continue;
    }
    const bytes = readFileSync(path);
    const before = notes.problems.length;
    figureProblems(name, bytes.toString("utf8"), claims, notes);
    checkTables(name, bytes.toString("utf8"), printed, notes);
    if (name.endsWith(".json")) jsonHead(name, bytes.toString("utf8"), { ...printed, manifest }, notes);
    const named = notes.problems.length - before;
    if (digestHex(bytes) !== fieldsOf(reports[name])["sha256"] && named === 0) {
      notes.blame(name, "the report is not the one in the manifest: sha256 differs", { place: "sha256" });
    }
  }
  notes.tick(`${Object.keys(reports).length} reports: digest, and every figure against its claim`);
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
    else compareFigure(name, { id, field, claim, shown: found.get("value") ?? "", visible }, notes);
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
