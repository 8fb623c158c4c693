// The pages after the first: every number on them is a claim, a recorded fact or recorded text, checked on the bytes; links
// arrive, ids are unique, and what was not measured says so.
import { expect, it } from "vitest";
import { catalogue } from "../../../harness/claims/catalogue.ts";
import { isBoundTo, readiness } from "../../../harness/claims/readiness.ts";
import { renderReports } from "../../../harness/render/render-reports.ts";
import type { RunDocument } from "../../../harness/render/run-document.ts";
import { readinessGroups } from "../../../harness/render/sections/readiness.ts";
import { unclaimedDigits } from "../../../harness/render/unclaimed-digits.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";

const documents = { certifiedDocument, conditionalDocument, refusedDocument, blindDocument };
const pages = ["report", "certification", "performance", "swarm"] as const;
const { topology: _topology, decision: _decision, ...undeployed } = blindDocument;
const bare: RunDocument = {
  ...undeployed,
  planned: [],
  claims: [],
  checks: [],
  latencies: [],
  faults: [],
  equity: [],
  spending: [],
  env: {},
};

it.each(Object.entries({ ...documents, bare }))("no number stands alone on the pages of %s", (_name, doc) => {
  const reports = renderReports(doc);
  for (const page of pages) expect([page, unclaimedDigits(reports[`${page}.html`])]).toEqual([page, []]);
});

const names = /\bE2B(?:'s)?\b|\be2b-swarm\b|\bP(?:50|75|90|95|99)(?:\.9)?\b|\bA[0-4]\b|SHA-256/g;
const figures = (text: string): readonly string[] =>
  text.replace(names, " ").match(/\p{Nd}[\p{Nd}.,:]*(?<![.,:])/gu) ?? [];

/** Every figure that a page prints behind a mark. */
function marked(html: string): ReadonlySet<string> {
  const marks =
    /<(data|time|span) (?:class="(?:claim|fact|quoted)"|datetime=)[^>]*>([^<]*)<\/\1>|<code>([^<]*)<\/code>/g;
  return new Set([...html.matchAll(marks)].flatMap((match) => figures(match[2] ?? match[3] ?? "")));
}

/** Lines of the Markdown with a figure that the page of the same run does not mark. */
function unmarkedLines(markdown: string, html: string): readonly string[] {
  const known = marked(html);
  const lines = markdown.slice(0, markdown.indexOf("## Claims as recorded")).split("\n");
  return lines.filter((line) => figures(line).some((figure) => !known.has(figure)));
}

it.each(Object.entries(documents))("the Markdown of %s prints only figures that its page marks", (_name, doc) => {
  const reports = renderReports(doc);
  for (const page of pages) {
    expect([page, unmarkedLines(reports[`${page}.md`], reports[`${page}.html`])]).toEqual([page, []]);
  }
});

it("both checks find a planted figure", () => {
  const reports = renderReports(conditionalDocument);
  expect(unclaimedDigits(reports["swarm.html"].replace("</main>", "<p>coverage 97.3 %</p></main>"))).toEqual([
    "coverage 97.3 %",
  ]);
  const planted = reports["swarm.md"].replace("## Sandboxes", "Coverage 97.3 %\n\n## Sandboxes");
  expect(unmarkedLines(planted, reports["swarm.html"])).toEqual(["Coverage 97.3 %"]);
});

it("each page has one title, unique ids, names that arrive, no script, and links to the others only", () => {
  const reports = renderReports(refusedDocument);
  const all = new Map(
    pages.map((page) => [
      `${page}.html`,
      [...reports[`${page}.html`].matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]),
    ]),
  );
  for (const page of pages) {
    const html = reports[`${page}.html`];
    const ids = all.get(`${page}.html`) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    expect([...html.matchAll(/<h1/g)].length).toBe(1);
    expect(html).not.toMatch(/<script|<link|<iframe|<img|\ssrc=|@import|url\(|\son[a-z]+=/i);
    expect(html).not.toMatch(/NaN|>undefined</);
    for (const [, names = ""] of html.matchAll(/aria-labelledby="([^"]*)"/g)) {
      for (const name of names.split(" ")) expect(ids).toContain(name);
    }
    for (const [, file = "", anchor] of html.matchAll(/href="([^"#]*)(?:#([^"]*))?"/g)) {
      const there = all.get(file === "" ? `${page}.html` : file);
      expect([file, there !== undefined]).toEqual([file, true]);
      if (anchor !== undefined) expect(there).toContain(anchor);
    }
  }
});

it("a run that recorded nothing says so in every place", () => {
  const reports = renderReports(bare);
  for (const words of [
    "Faults and recovery: not measured.",
    "Topology: not measured.",
    "Equity: not measured.",
    "Ballots: not measured.",
    "Spending over time: not measured.",
    "Empty: no signature over this digest was found.",
  ]) {
    expect(reports["swarm.html"]).toContain(words);
  }
  expect(reports["performance.html"].match(/<p class="note">not measured<\/p>/g)?.length).toBeGreaterThan(6);
});

it("recovery needs an observed effect: an attempt alone is no evidence", () => {
  const html = renderReports(conditionalDocument)["swarm.html"];
  const row = (id: string): string =>
    new RegExp(`<tr>(?:(?!</tr>)[^])*<code>${id}</code>(?:(?!</tr>)[^])*</tr>`).exec(html)?.[0] ?? "";
  expect(row("worker-0")).toContain("✓ recovered");
  expect(row("worker-0")).toContain(">1.56\u00a0s</data></td></tr>");
  expect(row("worker-1")).toContain("✕ not recovered");
  expect(row("leader")).toContain("○ no effect seen");
  expect(row("leader")).toMatch(/not measured<\/td><\/tr>$/);
});

const planned = catalogue("local");
const passing = (verdict: "PASS" | "FAIL" | "UNDECIDED", id: string): RunDocument => {
  const [template] = certifiedDocument.claims;
  if (template === undefined) throw new Error("the sample is empty");
  const claims = planned.map((claim) => ({
    ...template,
    id: claim.id,
    metric: claim.metric,
    verdict: claim.id === id ? verdict : ("PASS" as const),
  }));
  return { ...conditionalDocument, planned, claims, checks: [] };
};
const stateOf = (doc: RunDocument, text: string): string | undefined =>
  readinessGroups(doc)
    .flatMap(({ items }) => items)
    .find(({ item }) => item.text === text)?.state;

it("the checklist has the four groups of the reference, eight items each", () => {
  expect(readiness.map(({ title, items }) => [title, items.length])).toEqual([
    ["Functional", 8],
    ["Non-functional", 8],
    ["Security and compliance", 8],
    ["Operational", 8],
  ]);
});

it("an item follows its claims, and one without a claim is never verified", () => {
  const all = passing("PASS", "");
  expect(stateOf(all, "Backend fully functional")).toBe("verified");
  expect(stateOf(all, "Real E2B API verified")).toBe("not verified");
  expect(stateOf(all, "Documentation complete")).toBe("not verified");
  expect(stateOf(passing("FAIL", "c-local.backend-types"), "Backend fully functional")).toBe("refuted");
  expect(stateOf(passing("UNDECIDED", "c-local.backend-types"), "Backend fully functional")).toBe("not verified");
  const [failed] = refusedDocument.checks;
  const hidden = { ...all, checks: [{ ...failed!, claimId: "c-local.backend-types", state: "failed" as const }] };
  expect(stateOf(hidden, "Backend fully functional")).toBe("refuted");
});

it("every claim that the checklist names exists in the plan, except those it waits for", () => {
  const patterns = readiness.flatMap(({ items }) => items.flatMap(({ claims }) => claims));
  const dangling = patterns.filter((pattern) => !planned.some(({ id }) => isBoundTo(pattern, id)));
  expect([...new Set(dangling)]).toEqual(["*-error-rate"]);
});
