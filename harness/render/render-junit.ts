// junit.xml: one suite per layer, one case per claim. What is not proven is an error, never a skip, because consumers
// show skips as green; an information claim is a property and not a case, because a case without a fault counts as green.
import type { Claim, PlannedClaim } from "../claims/types.ts";
import { checkDocument } from "./check-document.ts";
import type { CheckRecord, Layer, RunDocument } from "./run-document.ts";
import { escapeMarkup } from "./text/html-text.ts";
import { claimSentence } from "./text/claim-sentence.ts";
import { plainText } from "./text/text.ts";
import { layerOrder, lineOne } from "./words.ts";

interface Case {
  readonly planned: PlannedClaim;
  readonly claim: Claim;
  readonly checks: readonly CheckRecord[];
}

interface Tally {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

/** Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderJunit(doc: RunDocument): string {
  checkDocument(doc);
  const all = layerOrder.map((layer) => ({ layer, cases: casesOf(layer, doc) }));
  const head = `name="e2b-swarm" ${tallyText(tally(all.flatMap((suite) => suite.cases)))} time="${seconds(doc.run.durationMs)}"`;
  const suites = all.filter((suite) => suite.cases.length > 0).map((suite) => suiteText(suite.layer, suite.cases, doc));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${head}>\n${suites.join("")}</testsuites>\n`;
}

function casesOf(layer: Layer, doc: RunDocument): readonly Case[] {
  const claims = new Map(doc.claims.map((claim) => [claim.id, claim]));
  return doc.planned.flatMap((planned) => {
    const claim = claims.get(planned.id);
    if (planned.layer !== layer || planned.need === "info" || claim === undefined) return [];
    return [{ planned, claim, checks: doc.checks.filter((check) => check.claimId === planned.id) }];
  });
}

function suiteText(layer: Layer, cases: readonly Case[], doc: RunDocument): string {
  const time = cases.flatMap((test) => test.checks).reduce((total, check) => total + check.durationMs, 0);
  const head = `name="${layer}" ${tallyText(tally(cases))} time="${seconds(time)}" timestamp="${attribute(doc.run.startedAt.slice(0, 19))}"`;
  const properties = [
    ["statement", lineOne(doc.verdict, doc.run)],
    ["verdict", doc.verdict],
    ["target", doc.run.target],
    ["isolation", doc.run.isolation],
    ["assurance", doc.run.assurance],
    ["run", doc.run.id],
    ...information(layer, doc),
  ].map(([name, value]) => `      <property name="${attribute(name ?? "")}" value="${attribute(value ?? "")}"/>\n`);
  const tests = cases.map((test) => caseText(layer, test, doc.claims)).join("");
  return `  <testsuite ${head}>\n    <properties>\n${properties.join("")}    </properties>\n${tests}  </testsuite>\n`;
}

function information(layer: Layer, doc: RunDocument): readonly (readonly string[])[] {
  const ids = new Set(
    doc.planned.filter((plan) => plan.layer === layer && plan.need === "info").map((plan) => plan.id),
  );
  return doc.claims
    .filter((claim) => ids.has(claim.id))
    .map((claim) => [claim.id, plainText(claimSentence(claim, doc.claims))]);
}

function caseText(layer: Layer, test: Case, all: readonly Claim[]): string {
  const time = test.checks.reduce((total, check) => total + check.durationMs, 0);
  const head = `    <testcase name="${attribute(caseName(test))}" classname="${layer}" time="${seconds(time)}"`;
  const outcome = outcomeText(test, all);
  return outcome === "" ? `${head}/>\n` : `${head}>\n${outcome}    </testcase>\n`;
}

function caseName(test: Case): string {
  const title = test.checks[0]?.title ?? test.planned.sentence;
  return `${test.claim.target}/${title} [${test.claim.id}]`;
}

type Kind = "plain" | "failure" | "error" | "skipped";

/** A check that did not hold may not hide behind a claim that does; only optional, undecided claims may be skips. */
function kindOf(test: Case): Kind {
  switch (test.claim.verdict) {
    case "PASS":
      if (test.checks.some((check) => check.state === "failed")) return "failure";
      return test.checks.some((check) => check.state === "not-run") ? "error" : "plain";
    case "FAIL":
      return "failure";
    case "INVALID":
      return "error";
    case "UNDECIDED":
    case "INSUFFICIENT":
    case "NOT_RUN":
    case "INFO":
      return test.planned.need === "required" ? "error" : "skipped";
  }
}

function outcomeText(test: Case, all: readonly Claim[]): string {
  const kind = kindOf(test);
  const message = attribute(plainText(claimSentence(test.claim, all)).trim());
  const type = test.claim.verdict === "PASS" ? (kind === "failure" ? "FAIL" : "NOT_RUN") : test.claim.verdict;
  switch (kind) {
    case "plain":
      return "";
    case "skipped":
      return `      <skipped message="optional claim, ${message}"/>\n`;
    case "failure":
    case "error":
      return `      <${kind} type="${type}" message="${message}">${escapeMarkup(detail(test.checks))}</${kind}>\n`;
  }
}

function detail(checks: readonly CheckRecord[]): string {
  const lines = checks.flatMap((check) => [
    ...(check.reason === "" ? [] : [`${check.id}: ${check.reason}`]),
    ...check.failures.map(
      (failure) => `${check.id}: ${failure.what}\n  expected ${failure.expected}\n  observed ${failure.observed}`,
    ),
  ]);
  return lines.join("\n");
}

function tally(cases: readonly Case[]): Tally {
  const count = (kind: Kind): number => cases.filter((test) => kindOf(test) === kind).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error"), skipped: count("skipped") };
}

function tallyText({ tests, failures, errors, skipped }: Tally): string {
  return `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}`;
}

/** Line breaks would be read back as blanks from an attribute. */
function attribute(text: string): string {
  return escapeMarkup(text).replace(/\n/g, "&#10;").replace(/\t/g, "&#9;").replace(/\r/g, "&#13;");
}
