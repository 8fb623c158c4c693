// The reports as a whole: one document, its files, the same bytes every time, and no file that flatters the run.
import { expect, it } from "vitest";
import { renderReports } from "../../../harness/render/render-reports.ts";
import type { RunDocument } from "../../../harness/render/run-document.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";

const local = "Measured against the local server on this machine; says nothing about E2B's cloud.";

/** What a reader sees of the page, in order. */
function readable(html: string): string {
  return html
    .replace(/<style>[^]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

it("prints the same bytes from equal documents", () => {
  const first = renderReports(conditionalDocument);
  expect(renderReports(structuredClone(conditionalDocument))).toEqual(first);
  expect(Object.keys(first)).toEqual([
    ...["report", "certification", "performance", "swarm"].flatMap((name) => [`${name}.html`, `${name}.md`]),
    "junit.xml",
    "ctrf.json",
    "results.sarif",
    "summary.md",
    "results.json",
    "badge.json",
    "badge.svg",
  ]);
});

it.each([
  ["CERTIFIED", certifiedDocument, "isolation bwrap"],
  ["CONDITIONAL", conditionalDocument, "isolation bwrap"],
  ["REFUSED", refusedDocument, "isolation bwrap"],
  ["INCOMPLETE", blindDocument, "isolation none: isolation claims were not run; this run cannot be certified"],
])("says target, verdict and isolation of a run that is %s before anything else", (verdict, doc, isolation) => {
  const reports = renderReports(doc);
  const line = `${local} ${verdict} (local), ${isolation}.`;
  expect(reports["report.md"].split("\n")[0]).toBe(line);
  expect(readable(reports["report.html"]).startsWith(`${line} ${line} Validation report of`)).toBe(true);
  expect(reports["junit.xml"]).toContain(`<property name="statement" value="${line}"/>`);
  expect(JSON.parse(reports["results.json"])).toMatchObject({ statement: line, verdict });
});

it("never prints the words of a better verdict", () => {
  for (const doc of [conditionalDocument, refusedDocument, blindDocument]) {
    for (const [name, text] of Object.entries(renderReports(doc))) {
      // CTRF names its states itself, and results.json holds the state of each check.
      if (name === "ctrf.json" || name === "results.json") continue;
      const words = readable(text).replaceAll("this run cannot be certified", "");
      expect(words.match(/certified|certificate|\bpassed\b|approved|production[- ]ready/gi)).toBeNull();
    }
  }
  expect(readable(renderReports(certifiedDocument)["report.html"])).toContain("CERTIFIED (local)");
});

it("speaks of the cloud in a run against the cloud", () => {
  const doc: RunDocument = {
    ...conditionalDocument,
    run: { ...conditionalDocument.run, target: "cloud", isolation: "e2b" },
  };
  const text = renderReports(doc)["report.md"];
  expect(text.startsWith("Measured against E2B's cloud")).toBe(true);
  expect(text).not.toContain(local);
});
