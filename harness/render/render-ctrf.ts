// ctrf.json, the common test report format: one test per claim of a gate, with the claim itself in `extra`, so that a reader
// can compare every number. What is not decided is `other`, never skipped and never pending. Mapping: measurement §12.
import type { ClaimVerdict } from "../claims/types.ts";
import { canonicalJson } from "./canonical-json.ts";
import { checkDocument } from "./check-document.ts";
import { gateCases, informing, type GateCase } from "./outcome.ts";
import type { RunDocument } from "./run-document.ts";
import { claimSentence } from "./text/claim-sentence.ts";
import { plainText } from "./text/text.ts";
import { lineOne, runWords } from "./words.ts";

const specVersion = "0.0.0";

/** Pure: equal documents give equal bytes. Ends with a newline. Throws on a document with holes. */
export function renderCtrf(doc: RunDocument): string {
  checkDocument(doc);
  const { run } = doc;
  const cases = gateCases(doc);
  const [start, stop] = [Date.parse(run.startedAt), Date.parse(run.finishedAt)];
  return `${canonicalJson({
    reportFormat: "CTRF",
    specVersion,
    // Shards of one run share it.
    runId: run.id,
    timestamp: run.finishedAt,
    generatedBy: `e2b-swarm ${run.packageVersion}`,
    extra: {
      statement: lineOne(doc.verdict, run),
      verdict: doc.verdict,
      exitCode: runWords[doc.verdict].exitCode,
      conditions: doc.conditions,
      layersNotReached: doc.layersNotReached,
    },
    results: {
      tool: { name: "e2b-swarm", version: run.packageVersion },
      summary: { ...counts(cases), start, stop, duration: run.durationMs, extra: { verdict: doc.verdict } },
      tests: cases.map((test) => testOf(test, doc)),
      environment: {
        appName: "e2b-swarm",
        appVersion: run.packageVersion,
        commit: run.commit,
        testEnvironment: `${run.target}, isolation ${run.isolation}`,
        extra: { assurance: run.assurance, attempt: run.attempt, planSha256: run.planSha256 },
      },
      extra: { information: informing(doc) },
    },
  })}\n`;
}

function testOf(test: GateCase, doc: RunDocument): object {
  const { claim, planned, outcome } = test;
  const status = statusOf(outcome);
  const message = plainText(claimSentence(claim, doc.claims)).trim();
  const trace = test.checks.flatMap((check) => [
    ...(check.reason === "" ? [] : [`${check.id}: ${check.reason}`]),
    ...check.failures.map(({ what, expected, observed }) => `${what}: expected ${expected}, observed ${observed}`),
  ]);
  return {
    name: `${test.name} [${claim.id}]`,
    testId: claim.id,
    status,
    rawStatus: outcome,
    duration: test.durationMs,
    suite: [planned.layer],
    type: claim.kind,
    tags: [planned.need, claim.target, claim.provenance],
    message,
    ...(trace.length === 0 ? {} : { trace: trace.join("\n") }),
    // The first attempt decides: nothing is run again inside a run.
    retries: 0,
    flaky: false,
    extra: { claim, gate: planned.need },
  };
}

type Status = "passed" | "failed" | "other";

function statusOf(outcome: ClaimVerdict): Status {
  switch (outcome) {
    case "PASS":
      return "passed";
    case "FAIL":
    case "INVALID":
      return "failed";
    case "UNDECIDED":
    case "INSUFFICIENT":
    case "NOT_RUN":
    case "INFO":
      return "other";
  }
}

function counts(cases: readonly GateCase[]): Readonly<Record<string, number>> {
  const of = (status: Status): number => cases.filter((test) => statusOf(test.outcome) === status).length;
  return {
    tests: cases.length,
    passed: of("passed"),
    failed: of("failed"),
    other: of("other"),
    pending: 0,
    skipped: 0,
    flaky: 0,
    suites: new Set(cases.map((test) => test.planned.layer)).size,
  };
}
