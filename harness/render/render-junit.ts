// junit.xml: one suite per layer, one case per claim. What is not proven is an error, never a skip, because consumers
// show skips as green; an information claim is a property and not a case, because a case without a fault counts as green.
import type { Claim } from "../claims/types.ts";
import { checkDocument } from "./check-document.ts";
import { gateCases, informing, type GateCase } from "./outcome.ts";
import type { CheckRecord, Layer, RunDocument } from "./run-document.ts";
import { escapeMarkup } from "./text/html-text.ts";
import { claimSentence } from "./text/claim-sentence.ts";
import { plainText } from "./text/text.ts";
import { layerOrder, lineOne } from "./words.ts";

interface Tally {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

/** Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderJunit(doc: RunDocument): string {
  checkDocument(doc);
  const gates = gateCases(doc);
  const all = layerOrder.map((layer) => ({ layer, cases: gates.filter(({ planned }) => planned.layer === layer) }));
  const { skipped: _skipped, ...counts } = tally(gates);
  const head = `name="${doc.verdict}: e2b-swarm" ${attributes(counts)} time="${seconds(doc.run.durationMs)}"`;
  const suites = all.filter((suite) => suite.cases.length > 0).map((suite) => suiteText(suite.layer, suite.cases, doc));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${head}>\n${suites.join("")}</testsuites>\n`;
}

function suiteText(layer: Layer, cases: readonly GateCase[], doc: RunDocument): string {
  const time = cases.reduce((total, test) => total + test.durationMs, 0);
  const head = `name="${layer}" ${attributes({ ...tally(cases) })} time="${seconds(time)}" timestamp="${attribute(doc.run.startedAt.slice(0, 19))}"`;
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
  const ids = new Set(doc.planned.filter((plan) => plan.layer === layer).map((plan) => plan.id));
  return informing(doc)
    .filter((claim) => ids.has(claim.id))
    .map((claim) => [claim.id, plainText(claimSentence(claim, doc.claims))]);
}

function caseText(layer: Layer, test: GateCase, all: readonly Claim[]): string {
  const name = attribute(`${test.name} [${test.claim.id}]`);
  const head = `    <testcase name="${name}" classname="${layer}" time="${seconds(test.durationMs)}"`;
  const outcome = outcomeText(test, all);
  return outcome === "" ? `${head}/>\n` : `${head}>\n${outcome}    </testcase>\n`;
}

type Kind = "plain" | "failure" | "error" | "skipped";

/** Only optional, undecided claims may be skips. */
function kindOf({ outcome, planned }: GateCase): Kind {
  switch (outcome) {
    case "PASS":
      return "plain";
    case "FAIL":
      return "failure";
    case "INVALID":
      return "error";
    case "NOT_RUN":
    case "UNDECIDED":
    case "INSUFFICIENT":
    case "INFO":
      return planned.need === "required" ? "error" : "skipped";
  }
}

function outcomeText(test: GateCase, all: readonly Claim[]): string {
  const kind = kindOf(test);
  const sentence = plainText(claimSentence(test.claim, all)).trim();
  switch (kind) {
    case "plain":
      return "";
    case "skipped":
      // The schema gives a skip no attributes.
      return `      <skipped>${escapeMarkup(`optional claim, ${sentence}`)}</skipped>\n`;
    case "failure":
    case "error":
      return `      <${kind} type="${test.outcome}" message="${attribute(sentence)}">${escapeMarkup(detail(test.checks))}</${kind}>\n`;
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

function tally(cases: readonly GateCase[]): Tally {
  const count = (kind: Kind): number => cases.filter((test) => kindOf(test) === kind).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error"), skipped: count("skipped") };
}

function attributes(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name}="${count}"`)
    .join(" ");
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}`;
}

/** Line breaks would be read back as blanks from an attribute. */
function attribute(text: string): string {
  return escapeMarkup(text).replace(/\n/g, "&#10;").replace(/\t/g, "&#9;").replace(/\r/g, "&#13;");
}
