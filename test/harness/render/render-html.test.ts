// The page: every number of a claim stands on it, hostile text stays text, nothing is fetched, and the outline is in order.
import { expect, it } from "vitest";
import { renderHtml } from "../../../harness/render/render-html.ts";
import type { RunDocument } from "../../../harness/render/run-document.ts";
import { unclaimedDigits } from "../../../harness/render/unclaimed-digits.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";

const BUDGET_BYTES = 172_000;

it("prints value, limit and n of every claim as data of that claim", () => {
  const html = renderHtml(conditionalDocument);
  for (const claim of conditionalDocument.claims) {
    const rest = `data-provenance="${claim.provenance}" data-target="${claim.target}">`;
    const mark = (field: string, raw: number): string =>
      `<data class="claim" value="${raw}" data-claim="${claim.id}" data-field="${field}" ${rest}`;
    expect(html).toContain(mark("n", claim.n));
    if (claim.value !== null) expect(html).toContain(mark("value", claim.value));
    if (claim.threshold !== null) expect(html).toContain(mark("threshold", claim.threshold.value));
    if (claim.over > 0) expect(html).toContain(mark("over", claim.over));
    if (claim.need !== null) expect(html).toContain(mark("need", claim.need));
  }
});

it("holds no digit that nothing stands behind", () => {
  for (const doc of [certifiedDocument, conditionalDocument, refusedDocument, blindDocument]) {
    expect(unclaimedDigits(renderHtml(doc))).toEqual([]);
  }
});

it("prints words of the plan that hold a figure as recorded text", () => {
  const html = renderHtml({
    ...conditionalDocument,
    planned: conditionalDocument.planned.map((planned) => ({ ...planned, sentence: "Deploying 5 agents is fast" })),
    latencies: conditionalDocument.latencies.map((series) => ({ ...series, title: "Deploy 5 agents" })),
  });
  expect(unclaimedDigits(html)).toEqual([]);
  expect(html).toContain('<span class="quoted">Deploying 5 agents is fast</span>');
});

it("keeps hostile text as text", () => {
  const hostile = `</script><script>alert(1)</script>"'\u0000\u202e<img src=x onerror=1>\`{{first}}\ud800`;
  const html = renderHtml({
    ...refusedDocument,
    conditions: [hostile],
    notTested: [hostile],
    env: { [hostile]: hostile },
    checks: refusedDocument.checks.map((check) => ({
      ...check,
      title: hostile,
      reason: hostile,
      failures: [{ what: hostile, expected: hostile, observed: hostile }],
    })),
    claims: refusedDocument.claims.map((claim) => ({ ...claim, notes: [hostile] })),
  });
  for (const bad of ["<script", "<img", "\u0000", "\u202e", "\ud800"]) expect(html).not.toContain(bad);
  expect(html).toContain(
    `&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;'\ufffd\ufffd&lt;img src=x onerror=1&gt;\`{{first}}\ufffd`,
  );
  expect(unclaimedDigits(html)).toEqual([]);
});

it("is one file without script or request, inside its budget", () => {
  const html = renderHtml(conditionalDocument);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`);
  expect(html).not.toMatch(/<script|<link|<iframe|<img|\ssrc=|@import|url\(|\son[a-z]+=/i);
  const links = [...html.matchAll(/href="([^#"][^"]*)"/g)].map((match) => match[1]);
  expect(links).toEqual(["certification.html", "performance.html", "swarm.html"]);
  expect(Buffer.byteLength(html)).toBeLessThan(BUDGET_BYTES);
});

it("has one title, headings in order, unique ids, and links that arrive", () => {
  const html = renderHtml(refusedDocument);
  const levels = [...html.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
  expect(levels.filter((level) => level === 1)).toEqual([1]);
  for (const [index, level] of levels.entries())
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(index === 0 ? 1 : 2);
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  for (const [, names = ""] of html.matchAll(/aria-labelledby="([^"]*)"/g)) {
    for (const name of names.split(" ")) expect(ids).toContain(name);
  }
  expect(html).toContain(`<html lang="en">`);
});

it("puts every wide table into a region that the keyboard can scroll", () => {
  const html = renderHtml(conditionalDocument);
  const regions = [...html.matchAll(/<div class="scroll" tabindex="0" role="region" aria-label="[^"]+"><table/g)];
  expect(regions.length).toBe(10);
  expect([...html.matchAll(/<table/g)].length).toBe(regions.length + conditionalDocument.latencies.length);
});

it("draws each operation twice, with title and description", () => {
  const html = renderHtml(conditionalDocument);
  const drawings = [
    ...html.matchAll(
      /<svg class="chart (wide|narrow)"[^>]*role="img"[^>]*><title[^>]*>[^<]+<\/title><desc[^>]*>[^<]+<\/desc>/g,
    ),
  ];
  expect(drawings.length).toBe(conditionalDocument.latencies.length * 2);
  expect(html).not.toContain("NaN");
});

it("looks different for green, red and blind runs, in words", () => {
  const [green, red, blind] = [certifiedDocument, refusedDocument, blindDocument].map((doc) => renderHtml(doc));
  expect(green).toContain(`<header class="good">`);
  expect(red).toContain(`<header class="bad">`);
  expect(red).toContain("At least one required claim is refuted");
  expect(red).toContain(`{&quot;exitCode&quot;:7}`);
  expect(blind).toContain(`<header class="open">`);
  expect(blind).toContain('The layer <span class="quoted">trading</span> was not reached.');
});

it("prints a run without samples, swarm, cost or checks", () => {
  const bare: RunDocument = {
    run: blindDocument.run,
    verdict: "INCOMPLETE",
    conditions: [],
    planned: [],
    claims: [],
    latencies: [
      { metric: "bench.none", title: "None", provenance: "measured", target: "local", responses: [], serviceNs: [] },
    ],
    env: {},
    checks: [],
    layersNotReached: ["backend", "mcp", "cli", "trading", "production"],
    cost: { ...blindDocument.cost, lines: [], totalMicroUsd: 0 },
    notTested: [],
    faults: [],
    equity: [],
    spending: [],
    signOffs: [],
  };
  const html = renderHtml(bare);
  expect(html).toContain("nothing was measured");
  expect(html).toContain("not measured");
  expect(html).toContain("No swarm was deployed in this run.");
  expect(unclaimedDigits(html)).toEqual([]);
});
