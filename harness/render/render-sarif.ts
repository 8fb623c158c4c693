// results.sarif 2.1.0: the run verdict first, then one result per claim of a gate, worst first, each with its claim in
// `properties`. A kind other than `fail` has the level `none`. Mapping: measurement §12; GitHub shows the first 5,000.
import { createHash } from "node:crypto";
import type { ClaimVerdict, RunVerdict } from "../claims/types.ts";
import { canonicalJson } from "./canonical-json.ts";
import { checkDocument } from "./check-document.ts";
import { gateCases, informing, worstFirst, type GateCase } from "./outcome.ts";
import type { RunDocument } from "./run-document.ts";
import { claimSentence } from "./text/claim-sentence.ts";
import { plainText } from "./text/text.ts";
import { lineOne, runWords } from "./words.ts";

const schema = "https://json.schemastore.org/sarif-2.1.0.json";
const runRule = "run.verdict";
const mostResults = 5_000;
/** Where a reader finds the claim; code scanning wants a place that can be opened. */
const claimsPlace = { physicalLocation: { artifactLocation: { uri: "evidence/claims.json" } } } as const;

/** Pure: equal documents give equal bytes. Ends with a newline. Throws on a document with holes. */
export function renderSarif(doc: RunDocument): string {
  checkDocument(doc);
  const { run, verdict } = doc;
  const cases = worstFirst(gateCases(doc)).slice(0, mostResults - 1);
  const rules = [
    { id: runRule, shortDescription: { text: "Verdict of the run" } },
    ...cases.map(({ claim, planned }) => ({ id: claim.id, shortDescription: { text: planned.sentence } })),
  ];
  return `${canonicalJson({
    $schema: schema,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "e2b-swarm", version: run.packageVersion, semanticVersion: run.packageVersion, rules },
        },
        automationDetails: { id: `e2b-swarm/${run.target}/${run.id}` },
        invocations: [
          {
            executionSuccessful: verdict !== "INCOMPLETE",
            exitCode: runWords[verdict].exitCode,
            exitCodeDescription: verdict,
            startTimeUtc: run.startedAt,
            endTimeUtc: run.finishedAt,
          },
        ],
        results: [runResult(doc), ...cases.map((test, index) => resultOf(test, index + 1, doc))],
        properties: {
          verdict,
          statement: lineOne(verdict, run),
          conditions: doc.conditions,
          information: informing(doc),
        },
      },
    ],
  })}\n`;
}

interface Shape {
  readonly kind: "pass" | "fail" | "open";
  readonly level: "none" | "warning" | "error";
}

const pass: Shape = { kind: "pass", level: "none" };
const error: Shape = { kind: "fail", level: "error" };
const open: Shape = { kind: "open", level: "none" };

const runShapes: Readonly<Record<RunVerdict, Shape>> = {
  CERTIFIED: pass,
  CONDITIONAL: { kind: "fail", level: "warning" },
  INCOMPLETE: error,
  REFUSED: error,
};

function shapeOf(outcome: ClaimVerdict, isRequired: boolean): Shape {
  switch (outcome) {
    case "PASS":
      return pass;
    case "FAIL":
    case "INVALID":
      return error;
    case "UNDECIDED":
    case "INSUFFICIENT":
    case "NOT_RUN":
    case "INFO":
      return isRequired ? error : open;
  }
}

function runResult(doc: RunDocument): object {
  return {
    ruleId: runRule,
    ruleIndex: 0,
    ...runShapes[doc.verdict],
    message: { text: lineOne(doc.verdict, doc.run) },
    locations: [claimsPlace],
    partialFingerprints: { primaryLocationLineHash: fingerprint(runRule) },
  };
}

function resultOf(test: GateCase, ruleIndex: number, doc: RunDocument): object {
  const { claim, planned, outcome } = test;
  return {
    ruleId: claim.id,
    ruleIndex,
    ...shapeOf(outcome, planned.need === "required"),
    message: { text: plainText(claimSentence(claim, doc.claims)).trim() },
    locations: [claimsPlace],
    // Of the rule alone: the same finding in the next run is the same alert.
    partialFingerprints: { primaryLocationLineHash: fingerprint(claim.id) },
    properties: { verdict: outcome, gate: planned.need, claim },
  };
}

function fingerprint(rule: string): string {
  return `${createHash("sha256").update(rule).digest("hex").slice(0, 16)}:1`;
}
