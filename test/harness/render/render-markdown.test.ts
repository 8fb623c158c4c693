// Markdown: tables keep their shape with hostile text, and every claim stands there raw.
import { expect, it } from "vitest";
import { renderMarkdown } from "../../../harness/render/render-markdown.ts";
import { conditionalDocument, refusedDocument } from "./sample-document.ts";

it("keeps every table rectangular", () => {
  const hostile = "a | b\n| c | `d` |";
  const checks = refusedDocument.checks.map((check) => ({ ...check, title: hostile }));
  const text = renderMarkdown({ ...refusedDocument, checks, conditions: [hostile], env: { [hostile]: hostile } });
  const tables = text.split(/\n\n/).flatMap((block) => (block.startsWith("|") ? [block.trim().split("\n")] : []));
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) {
    const widths = table.map((row) => row.replace(/\\\|/g, "").split("|").length);
    expect(new Set(widths).size, table.join("\n")).toBe(1);
  }
});

it("ends with every claim as integers", () => {
  const text = renderMarkdown(conditionalDocument);
  const raw = text.slice(text.indexOf("## Claims as recorded"));
  for (const claim of conditionalDocument.claims) {
    const limit = claim.threshold === null ? "null" : `\`${claim.threshold.op}${claim.threshold.value}\``;
    expect(raw).toContain(
      `| \`${claim.id}\` | ${claim.verdict} | ${claim.unit} | ${limit} | ${claim.provenance} | ${claim.target} | ${claim.value} | ${claim.n} | ${claim.over} |`,
    );
  }
});
