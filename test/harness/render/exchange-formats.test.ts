// JUnit, CTRF, SARIF, job summary and badge: valid under their schemas, and different for a certified, a red and a blind run.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { renderReports } from "../../../harness/render/render-reports.ts";
import { longestSummary } from "../../../harness/render/render-summary.ts";
import type { RunDocument } from "../../../harness/render/run-document.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";
import { validateXml } from "./xsd.ts";

const folder = join(import.meta.dirname, "../../../fixtures/schemas");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const documents = { certifiedDocument, conditionalDocument, refusedDocument, blindDocument };

/** A schema of draft 4 or 7; the older one names itself by `id`. */
function validator(name: string): (value: unknown) => unknown {
  const { id: _id, $schema: _schema, ...schema } = JSON.parse(read(name)) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  (addFormats as unknown as { default: (ajv: Ajv) => void }).default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : validate.errors);
}
const ctrfErrors = validator("ctrf-0.0.schema.json");
const sarifErrors = validator("sarif-2.1.0.schema.json");

it("vendored schemas are those of the manifest", () => {
  const { files } = JSON.parse(read("MANIFEST.json")) as { files: { file: string; sha256: string }[] };
  for (const { file, sha256 } of files) expect(createHash("sha256").update(read(file)).digest("hex")).toBe(sha256);
});

it.each(Object.entries(documents))("%s is valid JUnit, CTRF and SARIF", (_name, doc) => {
  const reports = renderReports(doc);
  expect(validateXml(reports["junit.xml"], read("junit.xsd"))).toEqual([]);
  expect(ctrfErrors(JSON.parse(reports["ctrf.json"]))).toEqual([]);
  expect(sarifErrors(JSON.parse(reports["results.sarif"]))).toEqual([]);
});

it("the schemas refuse what is wrong", () => {
  const { "junit.xml": junit, "ctrf.json": ctrf, "results.sarif": sarif } = renderReports(refusedDocument);
  const xsd = read("junit.xsd");
  expect(validateXml(junit.replace("<properties>", "<properties/><properties>"), xsd)).not.toEqual([]);
  expect(validateXml(junit.replace("<testcase name", "<testcase title"), xsd)).not.toEqual([]);
  expect(ctrfErrors(JSON.parse(ctrf.replace('"status":"passed"', '"status":"green"')))).not.toEqual([]);
  expect(sarifErrors(JSON.parse(sarif.replace('"kind":"pass"', '"kind":"green"')))).not.toEqual([]);
});

interface Ctrf {
  readonly extra: { readonly verdict: string };
  readonly results: {
    readonly summary: Record<string, number>;
    readonly tests: readonly { readonly testId: string; readonly status: string; readonly rawStatus: string }[];
  };
}
interface Sarif {
  readonly runs: readonly {
    readonly results: readonly { readonly ruleId: string; readonly kind: string; readonly level: string }[];
  }[];
}

function outside(doc: RunDocument) {
  const reports = renderReports(doc);
  const ctrf = JSON.parse(reports["ctrf.json"]) as Ctrf;
  const results = (JSON.parse(reports["results.sarif"]) as Sarif).runs[0]!.results;
  const { tests, passed, failed, other, skipped, pending } = ctrf.results.summary;
  return {
    junit: /<testsuites name="(\w+): e2b-swarm" tests="(\d+)" failures="(\d+)" errors="(\d+)"/
      .exec(reports["junit.xml"])
      ?.slice(1),
    ctrf: { verdict: ctrf.extra.verdict, tests, passed, failed, other, skipped, pending },
    sarif: { first: results[0], errors: results.filter(({ level }) => level === "error").length },
    ctrfOf: (id: string) => ctrf.results.tests.find((test) => test.testId === id),
    sarifOf: (id: string) => results.find((result) => result.ruleId === id),
  };
}

it("a certified, a red and a blind run look different in each", () => {
  const [green, red, blind] = [certifiedDocument, refusedDocument, blindDocument].map(outside);
  const all = certifiedDocument.claims.length;
  expect(green).toMatchObject({
    junit: ["CERTIFIED", String(all), "0", "0"],
    ctrf: { verdict: "CERTIFIED", tests: all, passed: all, failed: 0, other: 0, skipped: 0, pending: 0 },
    sarif: { first: { ruleId: "run.verdict", kind: "pass", level: "none" }, errors: 0 },
  });
  expect(red).toMatchObject({
    junit: ["REFUSED", expect.any(String), "1", "0"],
    ctrf: { verdict: "REFUSED", failed: 1 },
    sarif: { first: { kind: "fail", level: "error" }, errors: 2 },
  });
  expect(red?.ctrfOf("c-local.check.backend.execute")).toMatchObject({ status: "failed", rawStatus: "FAIL" });
  expect(blind).toMatchObject({
    junit: ["INCOMPLETE", expect.any(String), "0", "1"],
    ctrf: { verdict: "INCOMPLETE", failed: 0, skipped: 0 },
    sarif: { first: { kind: "fail", level: "error" }, errors: 2 },
  });
  expect(blind?.ctrfOf("c-local.orphans")).toMatchObject({ status: "other", rawStatus: "NOT_RUN" });
  expect(blind?.sarifOf("c-local.orphans")).toMatchObject({ kind: "fail", level: "error" });
});

it("an optional claim that is not decided is open in SARIF, and no kind but fail has a level", () => {
  const conditional = outside(conditionalDocument);
  expect(conditional.sarifOf("c-local.mcp.call.p95")).toMatchObject({ kind: "open", level: "none" });
  expect(conditional.sarif.first).toMatchObject({ kind: "fail", level: "warning" });
  for (const doc of Object.values(documents)) {
    const { runs } = JSON.parse(renderReports(doc)["results.sarif"]) as Sarif;
    for (const { kind, level } of runs[0]!.results) expect(kind === "fail" || level === "none").toBe(true);
  }
});

it("the summary begins with the verdict, goes worst first, and ends before it would be dropped", () => {
  const summary = renderReports(refusedDocument)["summary.md"];
  expect(summary.split("\n")[0]).toBe("# ✕ REFUSED (local)");
  const rows = summary.split("\n").filter((line) => line.startsWith("| ✕") || line.startsWith("| ✓"));
  expect(rows[0]).toContain("c-local.check.backend.execute");
  const long = {
    ...refusedDocument,
    conditions: Array.from(
      { length: 20_000 },
      (_, i) => `condition ${i} that goes on for a while so that many fill it`,
    ),
  };
  const cut = renderReports(long)["summary.md"];
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(longestSummary);
  expect(Buffer.byteLength(cut)).toBeGreaterThan(longestSummary - 1_000);
  expect(cut.endsWith("**This summary was cut here: it had reached its longest. The whole is in report.md.**\n")).toBe(
    true,
  );
  expect(cut.startsWith("# ✕ REFUSED (local)")).toBe(true);
});

it("the badge is green for CERTIFIED only, names claim, n and expiry, and is grey once expired", () => {
  const colors = Object.values(documents).map((doc) => {
    const { color } = JSON.parse(renderReports(doc)["badge.json"]) as { color: string };
    return color;
  });
  expect(new Set(colors).size).toBe(4);
  const badge = JSON.parse(renderReports(certifiedDocument)["badge.json"]) as Record<string, unknown>;
  expect(Object.keys(badge).sort()).toEqual(["cacheSeconds", "color", "isError", "label", "message", "schemaVersion"]);
  expect(badge["message"]).toMatch(/^CERTIFIED \(local\) · bench\.\S+ P\d+ ≤ .+, n [\d,]+ · until 2026-12-22$/);
  const late = renderReports(certifiedDocument, Date.parse("2026-12-22T00:43:51.902Z"));
  expect(JSON.parse(late["badge.json"])).toMatchObject({
    message: "expired 2026-12-22 (local)",
    color: "#6b7280",
    isError: true,
  });
  expect(late["badge.svg"]).not.toContain("#17694a");
  const early = renderReports(certifiedDocument, Date.parse("2026-12-22T00:43:51.901Z"));
  expect(early["badge.svg"]).toBe(renderReports(certifiedDocument)["badge.svg"]);
  expect(early["badge.svg"]).toMatch(/data-claim="c-local\.[^"]+" data-value="\d+" data-n="\d+" data-target="local"/);
});
