// The reports that other tools read: CTRF, SARIF and the job summary. Each carries the claims whole or as figures; they are
// compared with claims.json, and what a reader would see as green must be what the verdicts say. Law: measurement §10 and §12.
import { fieldsOf, list, textOf, type Fields, type Notebook } from "./facts.ts";
import type { Truth } from "./printed-tables.ts";
import { same } from "./same.ts";
import { shownAgrees } from "./shown-figure.ts";

/** What the outside word for a verdict may be; a check that did not hold may make it worse, never better. */
const ctrfStatus: Readonly<Record<string, readonly string[]>> = {
  PASS: ["passed", "failed", "other"],
  FAIL: ["failed"],
  INVALID: ["failed"],
};
const decided = ["PASS", "FAIL", "INVALID"];

export function checkCtrf(name: string, text: string, truth: Truth, notes: Notebook): void {
  const report = fieldsOf(parsed(text));
  const results = fieldsOf(report["results"]);
  const tests = list(results["tests"]).map(fieldsOf);
  const summary = fieldsOf(results["summary"]);
  for (const place of [fieldsOf(report["extra"]), fieldsOf(summary["extra"])]) {
    compare(name, { place: "verdict", given: place["verdict"], wanted: truth.verdict }, notes);
  }
  checkIds(
    name,
    tests.map((test) => textOf(test["testId"])),
    truth,
    notes,
  );
  for (const test of tests) {
    const id = textOf(test["testId"]);
    checkClaim(name, id, fieldsOf(test["extra"])["claim"], truth, notes);
    const verdict = textOf(truth.claims.get(id)?.["verdict"]);
    const allowed = ctrfStatus[verdict] ?? ["other"];
    const status = textOf(test["status"]);
    if (!allowed.includes(status)) {
      notes.blame(name, `${id} is printed as ${status}, its verdict asks for ${allowed[0] ?? ""}`, {
        place: "status",
        claim: id,
      });
    }
  }
  const statuses = tests.map((test) => textOf(test["status"]));
  const counts: Fields = { tests: tests.length, passed: 0, failed: 0, other: 0, skipped: 0, pending: 0 };
  for (const status of Object.keys(counts).filter((key) => key !== "tests")) {
    compare(
      name,
      { place: status, given: summary[status], wanted: statuses.filter((one) => one === status).length },
      notes,
    );
  }
  compare(name, { place: "tests", given: summary["tests"], wanted: tests.length }, notes);
  checkInformation(name, fieldsOf(results["extra"])["information"], truth, notes);
}

export function checkSarif(name: string, text: string, truth: Truth, notes: Notebook): void {
  const runs = list(fieldsOf(parsed(text))["runs"]).map(fieldsOf);
  compare(name, { place: "runs", given: runs.length, wanted: 1 }, notes);
  const run = runs[0] ?? {};
  const properties = fieldsOf(run["properties"]);
  compare(name, { place: "verdict", given: properties["verdict"], wanted: truth.verdict }, notes);
  const [head = {}, ...results] = list(run["results"]).map(fieldsOf);
  compare(name, { place: "results[0].ruleId", given: head["ruleId"], wanted: "run.verdict" }, notes);
  compare(
    name,
    { place: "results[0].kind", given: head["kind"] === "pass", wanted: truth.verdict === "CERTIFIED" },
    notes,
  );
  const ids = results.map((result) => textOf(result["ruleId"]));
  checkIds(name, ids, truth, notes);
  for (const result of results) {
    const id = textOf(result["ruleId"]);
    checkClaim(name, id, fieldsOf(result["properties"])["claim"], truth, notes);
    const shown = `${textOf(result["kind"])} ${textOf(result["level"])}`;
    const allowed = sarifShapes(truth.claims.get(id) ?? {}, truth.planned.get(id) ?? {});
    if (allowed.includes(shown)) continue;
    notes.blame(name, `${id} is printed as ${shown}, its verdict asks for ${allowed[0] ?? ""}`, {
      place: "kind",
      claim: id,
    });
  }
  checkInformation(name, properties["information"], truth, notes);
}

function sarifShapes(claim: Fields, planned: Fields): readonly string[] {
  const verdict = textOf(claim["verdict"]);
  const undecided = planned["need"] === "required" ? "fail error" : "open none";
  if (verdict === "PASS") return ["pass none", "fail error", undecided];
  return decided.includes(verdict) ? ["fail error"] : [undecided];
}

/** A row per gating claim unless the summary was cut; bound, samples and over read as the claim says. */
export function checkSummary(name: string, text: string, truth: Truth, notes: Notebook): void {
  const rows = text
    .split("\n")
    .filter((line) => /^\| .*`c-/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const idOf = (cells: readonly string[]): string => /`(c-[^`]+)`/.exec(cells.join("|"))?.[1] ?? "";
  if (!text.includes("This summary was cut here")) checkIds(name, rows.map(idOf), truth, notes);
  for (const cells of rows) {
    const id = idOf(cells);
    const claim = truth.claims.get(id);
    if (claim === undefined) continue;
    const figures = [
      ["value", cells.at(-5)],
      ["n", cells.at(-3)],
      ["over", cells.at(-2)],
    ] as const;
    for (const [field, cell = ""] of figures) {
      const wanted = claim[field];
      const shown = cell.replace(/^[≤≥]\s*/, "");
      const agrees =
        typeof wanted === "number" ? /[0-9]/.test(shown) && shownAgrees(shown, wanted) : !/[0-9]/.test(shown);
      if (agrees) continue;
      notes.blame(name, `${field} of ${id} reads "${cell}", the claim says ${String(wanted)}`, {
        place: field,
        claim: id,
      });
    }
    if (/\bPASS\b/.test(cells[1] ?? "") && claim["verdict"] !== "PASS") {
      notes.blame(name, `${id} is printed as PASS, its verdict is ${textOf(claim["verdict"])}`, {
        place: "Result",
        claim: id,
      });
    }
  }
}

function checkIds(name: string, ids: readonly string[], truth: Truth, notes: Notebook): void {
  const gating = [...truth.planned.values()]
    .filter((claim) => claim["need"] !== "info")
    .map((claim) => textOf(claim["id"]));
  if ([...ids].sort().join() === [...gating].sort().join()) return;
  notes.blame(name, "its cases are not the gating claims of the plan", { place: "cases" });
}

function checkClaim(name: string, id: string, given: unknown, truth: Truth, notes: Notebook): void {
  const claim = truth.claims.get(id);
  const printed = fieldsOf(given);
  if (claim === undefined)
    return notes.blame(name, `it holds the claim ${id}, which claims.json does not`, { claim: id });
  for (const field of new Set([...Object.keys(claim), ...Object.keys(printed)])) {
    if (same(printed[field], claim[field])) continue;
    notes.blame(name, `${field} of ${id} differs from claims.json`, { place: field, claim: id });
  }
}

function checkInformation(name: string, given: unknown, truth: Truth, notes: Notebook): void {
  for (const entry of list(given).map(fieldsOf)) checkClaim(name, textOf(entry["id"]), entry, truth, notes);
}

function compare(
  name: string,
  { place, given, wanted }: { readonly place: string; readonly given: unknown; readonly wanted: unknown },
  notes: Notebook,
): void {
  if (given === wanted) return;
  notes.blame(name, `${place} is ${JSON.stringify(given) ?? "missing"}, the evidence says ${JSON.stringify(wanted)}`, {
    place,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
