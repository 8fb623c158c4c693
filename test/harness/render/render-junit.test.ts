// junit.xml is well formed, and nothing that is not proven looks green in it.
import { expect, it } from "vitest";
import { renderJunit } from "../../../harness/render/render-junit.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";

/** A small XML reader: throws on anything that is not well formed; gives the element names in order. */
function elements(xml: string): readonly string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const token = /<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const match of body.matchAll(token)) {
    const [whole, closing, name = "", attributes = "", empty, text = ""] = match;
    end = match.index + whole.length;
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(attributes + text)) throw new Error(`bad entity in ${whole}`);
    const names = [...attributes.matchAll(/([a-z]+)="/g)].map((attribute) => attribute[1]);
    if (new Set(names).size !== names.length) throw new Error(`double attribute in ${whole}`);
    if (name === "") continue;
    if (closing === "/") {
      if (open.pop() !== name) throw new Error(`unexpected ${whole}`);
      continue;
    }
    seen.push(name);
    if (empty !== "/") open.push(name);
  }
  if (end !== body.length || open.length > 0) throw new Error(`not well formed after ${end} of ${body.length}`);
  return seen;
}

const count = (names: readonly string[], name: string): number => names.filter((seen) => seen === name).length;

it("finds what is not well formed", () => {
  for (const bad of ["<a>", "<a></b>", "<a>&x</a>", '<a b="<"/>', '<a b="1" b="2"/>', "<a/></a>"])
    expect(() => elements(bad)).toThrow();
});

it("has one suite per layer and one case per claim that gates", () => {
  const names = elements(renderJunit(certifiedDocument));
  expect(count(names, "testsuite")).toBe(5);
  expect(count(names, "testcase")).toBe(certifiedDocument.planned.filter((planned) => planned.need !== "info").length);
  expect(names.filter((name) => ["failure", "error", "skipped"].includes(name))).toEqual([]);
});

it("shows FAIL as failure, with expected and observed", () => {
  const xml = renderJunit(refusedDocument);
  expect(count(elements(xml), "failure")).toBe(1);
  expect(xml).toContain(`<testsuite name="backend" tests="5" failures="1" errors="0" skipped="0"`);
  expect(xml).toContain(`expected {&quot;exitCode&quot;:7}\n  observed {&quot;exitCode&quot;:0}</failure>`);
});

it.each(["UNDECIDED", "INSUFFICIENT", "NOT_RUN", "INVALID"] as const)(
  "shows a required claim that is %s as error",
  (verdict) => {
    const [first, ...rest] = conditionalDocument.claims;
    if (first === undefined) throw new Error("the sample is empty");
    const xml = renderJunit({ ...blindDocument, claims: [{ ...first, verdict, value: null, need: 5 }, ...rest] });
    expect(count(elements(xml), "error")).toBe(1);
    expect(xml).toContain(`<error type="${verdict}"`);
  },
);

it("skips only optional claims, and keeps information out of the cases", () => {
  const xml = renderJunit(conditionalDocument);
  const names = elements(xml);
  expect(count(names, "skipped")).toBe(2);
  expect(count(names, "error")).toBe(0);
  expect(xml).not.toMatch(/<testcase[^>]*c-local\.cost\.run/);
  expect(xml).toContain(`<property name="c-local.cost.run" value="meter.cost cost ≤ $5.00 (local) — INFO.`);
});

it("stays well formed with hostile text", () => {
  const hostile = `]]></failure>\n\t<x a="1">&\u0001'\ud800`;
  const checks = refusedDocument.checks.map((check) => ({
    ...check,
    title: hostile,
    failures: [{ what: hostile, expected: hostile, observed: hostile }],
  }));
  expect(count(elements(renderJunit({ ...refusedDocument, checks })), "failure")).toBe(1);
});

it("does not let a check that failed hide behind a claim that holds", () => {
  const [first, ...rest] = conditionalDocument.checks;
  if (first === undefined) throw new Error("the sample is empty");
  const xml = renderJunit({
    ...conditionalDocument,
    verdict: "REFUSED",
    checks: [{ ...first, state: "failed", failed: 1 }, ...rest],
  });
  expect(count(elements(xml), "failure")).toBe(1);
});
