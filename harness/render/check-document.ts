// The gate before the press. A document with a hole, a float, an unmatched claim or a verdict that its own claims
// contradict is not printed: a report must not be able to look better than the run.
import type { Claim, Threshold } from "../claims/types.ts";
import type { RunDocument } from "./run-document.ts";

export function checkDocument(doc: RunDocument): void {
  if (!isWhole(doc)) refuseHoles(doc, "document");
  const claims = unique(doc.claims.map((claim) => claim.id));
  const planned = unique(doc.planned.map((claim) => claim.id));
  for (const id of planned) must(claims.has(id), `planned claim "${id}" has no verdict`);
  for (const id of claims) must(planned.has(id), `claim "${id}" was never planned`);
  for (const claim of doc.claims) checkClaim(claim);
  for (const check of doc.checks) {
    must(claims.has(check.claimId), `check "${check.id}" cites the unknown claim "${check.claimId}"`);
    must(
      (check.state !== "passed" && check.state !== "held") || (check.failed === 0 && check.observations > 0),
      `check "${check.id}" holds by absence`,
    );
  }
  for (const series of doc.latencies) checkOrder(series.metric, series.responses);
  must(
    sum(doc.cost.lines.map((line) => line.microUsd)) === doc.cost.totalMicroUsd,
    "the cost lines do not add up to the total",
  );
  checkVerdict(doc);
}

/** The printer's own, weaker copy of the run rule: enough to refuse a flattering headline, never to make one. */
function checkVerdict(doc: RunDocument): void {
  if (doc.verdict !== "CERTIFIED" && doc.verdict !== "CONDITIONAL") return;
  const verdicts = new Map(doc.claims.map((claim) => [claim.id, claim.verdict]));
  for (const claim of doc.planned.filter((claim) => claim.need === "required")) {
    const verdict = verdicts.get(claim.id);
    must(
      verdict === "PASS",
      `the run is ${doc.verdict} although the required claim "${claim.id}" is ${verdict ?? "missing"}`,
    );
  }
  must(doc.layersNotReached.length === 0, `the run is ${doc.verdict} although a layer was not reached`);
  if (doc.verdict === "CONDITIONAL") {
    must(doc.conditions.length > 0, "the run is CONDITIONAL without a condition");
    return;
  }
  must(doc.claims.length > 0, "the run is CERTIFIED without claims");
  for (const check of doc.checks)
    must(check.state === "passed", `the run is CERTIFIED although check "${check.id}" is ${check.state}`);
  must(doc.run.isolation !== "none", "the run is CERTIFIED without isolation");
  must(!doc.run.dirty, "the run is CERTIFIED on a dirty tree");
  must(doc.run.attempt === 1, "the run is CERTIFIED on a later attempt");
  must(!["A0", "A1"].includes(doc.run.assurance), `the run is CERTIFIED at assurance ${doc.run.assurance}`);
  must(doc.run.expiresAt !== null, "the run is CERTIFIED without an expiry");
  must(doc.conditions.length === 0, "the run is CERTIFIED with conditions");
}

/** A PASS is printed only beside samples, a value and a limit that the value keeps. */
function checkClaim(claim: Claim): void {
  if (claim.verdict !== "PASS") return;
  const { value, threshold } = claim;
  must(
    claim.n > 0 && value !== null && threshold !== null,
    `claim "${claim.id}" is PASS without samples, value or limit`,
  );
  must(keeps(value, threshold), `claim "${claim.id}" is PASS although its value breaks its limit`);
  must(claim.derivedFrom.length > 0, `claim "${claim.id}" is PASS without evidence`);
}

function keeps(value: number, { op, value: limit }: Threshold): boolean {
  switch (op) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

function checkOrder(metric: string, responses: readonly { ns: number; censored: boolean }[]): void {
  for (const [index, response] of responses.entries()) {
    const before = responses[index - 1];
    if (before === undefined) continue;
    const sorted = before.censored === response.censored ? before.ns <= response.ns : response.censored;
    must(sorted, `the responses of "${metric}" are not in ascending order with censored values last`);
  }
}

/** The same question as below without a name for every place: a document holds a member for each of a million samples. */
function isWhole(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isSafeInteger(value);
    case "object":
      return value === null || Object.values(value).every((member) => isWhole(member));
    default:
      return false;
  }
}

function refuseHoles(value: unknown, path: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    must(Number.isSafeInteger(value), `${path} is ${value}, and only safe integers are printed`);
    return;
  }
  must(typeof value === "object", `${path} is ${typeof value}, and nothing is left out of a report`);
  if (typeof value !== "object") return;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined && path === "document" && (key === "topology" || key === "decision")) continue;
    refuseHoles(member, `${path}.${key}`);
  }
}

function unique(ids: readonly string[]): ReadonlySet<string> {
  const set = new Set(ids);
  must(set.size === ids.length, "two claims share one id");
  return set;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function must(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`Cannot print the report: ${sentence}`);
}
