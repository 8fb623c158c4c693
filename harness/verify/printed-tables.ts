// Figures that stand outside claim elements, recomputed from claims and records: the table of claims in report.md, the cases
// and counts of junit.xml, counts and checks of results.json, counts of report.html. A bundle signed again by another key
// has the right digests for a wrong report; this is what then contradicts it.
import { checkCtrf, checkSarif, checkSummary } from "./exchange-reports.ts";
import { fieldsOf, list, textOf, type Fields, type Notebook } from "./facts.ts";
import { formsAgree, openDisplay } from "./display-facts.ts";
import { metersIn, microUsd } from "./money.ts";
import type { RecordFile } from "./record-files.ts";
import { shownAgrees } from "./shown-figure.ts";

export interface Truth {
  /** Claims as they stand in claims.json, by id. */
  readonly claims: ReadonlyMap<string, Fields>;
  /** Claims of the plan, by id. */
  readonly planned: ReadonlyMap<string, Fields>;
  readonly verdict: string;
  readonly assurance: string;
  readonly attempt: unknown;
  readonly files: readonly RecordFile[];
  readonly plan: Fields;
  /** Fingerprint at the start. */
  readonly env: Fields;
  /** Reasons of the run verdict as claims.json gives them. */
  readonly reasons: readonly Fields[];
  readonly planSha256: string;
  /** Text of a document of the bundle; empty when it cannot be read. */
  readonly raw: (path: string) => string;
}

export function checkTables(name: string, text: string, truth: Truth, notes: Notebook): void {
  if (name.endsWith(".md")) checkHeadline(name, /^# .*$/m.exec(text)?.[0] ?? "", truth, notes);
  if (name === "summary.md") checkSummary(name, text, truth, notes);
  else if (name.endsWith(".md")) checkMarkdown(name, text, truth, notes);
  if (name === "ctrf.json") checkCtrf(name, text, truth, notes);
  if (name.endsWith(".sarif")) checkSarif(name, text, truth, notes);
  if (name.endsWith(".xml")) checkJunit(name, text, truth, notes);
  if (name.endsWith(".html")) checkFacts(name, text, truth, notes);
  if (name === "results.json") checkResults(name, text, truth, notes);
}

const runVerdicts = /\b(?:CERTIFIED|CONDITIONAL|INCOMPLETE|REFUSED)\b/g;

/** The headline of a page names the run verdict and no other one. */
function checkHeadline(name: string, headline: string, { verdict }: Truth, notes: Notebook): void {
  const named = [...new Set(headline.match(runVerdicts) ?? [])];
  if (named.length === 1 && named[0] === verdict) return;
  notes.blame(name, `its headline says ${named.join(", ") || "no verdict"}, the evidence says ${verdict}`, {
    place: "headline",
  });
}

function checkMarkdown(name: string, text: string, truth: Truth, notes: Notebook): void {
  const section = text.slice(text.lastIndexOf("\n## Claims as recorded\n") + 1);
  const [head = [], , ...rows] = section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map(cellsOf);
  const printed = new Map(rows.map((cells) => [cells[0] ?? "", cells]));
  if (rows.length !== truth.claims.size) {
    notes.blame(name, `its table of claims has ${rows.length} rows, there are ${truth.claims.size} claims`, {
      place: "Claims as recorded",
    });
  }
  for (const [id, claim] of truth.claims) {
    const cells = printed.get(id);
    if (cells === undefined) {
      notes.blame(name, `its table does not hold the claim ${id}`, { place: "Claims as recorded", claim: id });
      continue;
    }
    for (const [column, field] of head.entries()) {
      const wanted = field === "claim" ? id : wordOf(field, claim);
      if (cells[column] === wanted) continue;
      notes.blame(name, `${field} of ${id} is printed as "${cells[column] ?? ""}", the claim says ${wanted}`, {
        place: field,
        claim: id,
      });
    }
  }
}

/** Cells of a table row without the marks of code. */
function cellsOf(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("`", ""));
}

function wordOf(field: string, claim: Fields): string {
  if (field !== "threshold") return String(claim[field]);
  if (claim["threshold"] === null) return "null";
  const { op, value } = fieldsOf(claim["threshold"]);
  return `${textOf(op)}${String(value)}`;
}

const tags = ["failure", "error", "skipped"] as const;

/** A case per gating claim with the tag that its verdict asks for; the counts of suites and document are those of the cases. */
function checkJunit(name: string, text: string, truth: Truth, notes: Notebook): void {
  const gating = [...truth.planned.values()]
    .filter((claim) => claim["need"] !== "info")
    .map((claim) => textOf(claim["id"]));
  const cases = [...text.matchAll(/<testcase name="[^"]*\[([^\]"]+)\]"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)];
  const ids = cases.map(([, id = ""]) => id);
  if ([...ids].sort().join() !== [...gating].sort().join()) {
    notes.blame(name, "its cases are not the gating claims of the plan", { place: "testcase" });
  }
  for (const [, id = "", body = ""] of cases) {
    const tag = tagOf(body);
    const allowed = tagsFor(truth.claims.get(id) ?? {}, truth.planned.get(id) ?? {});
    if (!allowed.includes(tag)) {
      notes.blame(name, `${id} is printed as ${tag}, its verdict asks for ${allowed[0]}`, {
        place: "testcase",
        claim: id,
      });
    }
  }
  checkCounts(name, /<testsuites\b[^>]*>/.exec(text)?.[0] ?? "", text, notes);
  for (const [suite, head = ""] of text.matchAll(/(<testsuite\b[^>]*>)[^]*?<\/testsuite>/g)) {
    checkCounts(name, head, suite, notes);
  }
}

function tagOf(body: string): string {
  return tags.find((tag) => new RegExp(`<${tag}[\\s>/]`).test(body)) ?? "passed";
}

/** The first is what the claim alone asks for; a check that did not hold may make a case worse, never better. */
function tagsFor(claim: Fields, planned: Fields): readonly string[] {
  if (claim["verdict"] === "PASS") return ["passed", "failure", "error"];
  if (claim["verdict"] === "FAIL") return ["failure"];
  if (claim["verdict"] === "INVALID") return ["error"];
  return planned["need"] === "required" ? ["error"] : ["skipped"];
}

function checkCounts(name: string, head: string, inside: string, notes: Notebook): void {
  const bodies = [...inside.matchAll(/<testcase\b[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)].map(([, body = ""]) =>
    tagOf(body),
  );
  const count = (tag: string): number => bodies.filter((one) => one === tag).length;
  const wanted = {
    tests: bodies.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
  for (const [field, number] of Object.entries(wanted)) {
    const printed = new RegExp(`\\b${field}="([^"]*)"`).exec(head)?.[1];
    // The schema knows no count of skips for the whole document.
    if (
      printed === String(number) ||
      (printed === undefined && field === "skipped" && head.startsWith("<testsuites"))
    ) {
      continue;
    }
    notes.blame(name, `${field} is printed as "${printed ?? ""}", there are ${number}`, { place: field });
  }
}

/** Counts that report.html prints as facts. */
function checkFacts(name: string, text: string, truth: Truth, notes: Notebook): void {
  const headline = /<h1\b[^>]*>([^]*?)<\/h1>/.exec(text)?.[1];
  if (name === "report.html") checkHeadline(name, headline ?? "", truth, notes);
  const display = openDisplay(truth.files);
  for (const [, inside = "", visible = ""] of text.matchAll(/<data\b([^>]*)>([^<]*)<\/data>/g)) {
    const fact = /data-fact="([^"]*)"/.exec(inside)?.[1];
    const printed = /\bvalue="([^"]*)"/.exec(inside)?.[1] ?? "";
    if (fact === undefined) continue;
    const wanted = factOf(fact, truth) ?? display(fact);
    const value = Number(wanted ?? printed);
    const reads = wanted === null ? formsAgree(visible, value) : shownAgrees(visible, value);
    if ((wanted === null || printed === wanted) && (reads || !Number.isFinite(value))) continue;
    notes.blame(name, `${fact} is printed as "${visible}" (${printed}), the evidence says ${wanted ?? printed}`, {
      place: fact,
    });
  }
}

/** Null for facts that no evidence decides, such as how long a check took. */
function factOf(fact: string, truth: Truth): string | null {
  const [kind = "", ...rest] = fact.split(".");
  const all = [...truth.claims.values()];
  if (fact === "run.attempt") return String(truth.attempt);
  if (fact === "cost.totalMicroUsd")
    return String(microUsd(metersIn(truth.files), fieldsOf(truth.plan["priceList"])) ?? 0);
  if (kind === "env") {
    const known = truth.env[rest.join(".")];
    return typeof known === "number" ? String(known) : null;
  }
  if (kind === "claims") return String(all.filter((claim) => claim["verdict"] === rest[0]).length);
  if (kind === "provenance") {
    return String(all.filter((claim) => Number(claim["n"]) > 0 && claim["provenance"] === rest[0]).length);
  }
  const field = rest.pop();
  const seen = kind === "check" ? seenIn(rest.join("."), truth) : null;
  if (seen === null || (field !== "observations" && field !== "failed")) return null;
  return String(seen[field]);
}

function seenIn(check: string, { files }: Truth): { readonly observations: number; readonly failed: number } {
  const rows = files
    .filter((file) => file.kind === "observations" && file.metric === `check.${check}`)
    .flatMap((file) => file.rows);
  return { observations: rows.length, failed: rows.filter((row) => row["out"] !== "ok").length };
}

function checkResults(name: string, text: string, truth: Truth, notes: Notebook): void {
  const report = fieldsOf(parsed(text));
  const counts = fieldsOf(report["counts"]);
  for (const verdict of Object.keys(counts)) {
    const wanted = factOf(`claims.${verdict}`, truth);
    if (String(counts[verdict]) === wanted) continue;
    notes.blame(name, `counts.${verdict} is ${String(counts[verdict])}, there are ${wanted}`, {
      place: `counts.${verdict}`,
    });
  }
  for (const check of list(report["checks"]).map(fieldsOf)) {
    const id = textOf(check["id"]);
    const seen = seenIn(id, truth);
    const claim = textOf(check["claimId"]);
    for (const field of ["observations", "failed"] as const) {
      if (check[field] === seen[field]) continue;
      notes.blame(name, `${field} of ${id} is ${String(check[field])}, the records say ${seen[field]}`, {
        place: field,
        claim,
      });
    }
    const sound = seen.observations > 0 && seen.failed === 0;
    if (check["state"] === "passed" && !sound) {
      notes.blame(name, `${id} is printed as passed, the records do not say so`, { place: "state", claim });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
