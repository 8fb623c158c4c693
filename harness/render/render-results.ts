// results.json: the run for machines. Canonical JSON, integers only; nothing here is rounded or cut.
import type { ClaimVerdict } from "../claims/types.ts";
import { canonicalJson } from "./canonical-json.ts";
import { checkDocument } from "./check-document.ts";
import type { RunDocument } from "./run-document.ts";
import { lineOne, runWords } from "./words.ts";

const RESULTS_SCHEMA = "e2b-swarm/results/1";

/** Pure: equal documents give equal bytes. Ends with a newline. Throws on a document with holes. */
export function renderResults(doc: RunDocument): string {
  checkDocument(doc);
  const planned = new Map(doc.planned.map((claim) => [claim.id, claim]));
  const claims = doc.claims.map((claim) => {
    const plan = planned.get(claim.id);
    return {
      ...claim,
      gate: plan?.need ?? "required",
      layer: plan?.layer ?? "production",
      sentence: plan?.sentence ?? "",
    };
  });
  return `${canonicalJson({
    schema: RESULTS_SCHEMA,
    statement: lineOne(doc.verdict, doc.run),
    verdict: doc.verdict,
    exitCode: runWords[doc.verdict].exitCode,
    run: doc.run,
    conditions: doc.conditions,
    notTested: doc.notTested,
    layersNotReached: doc.layersNotReached,
    counts: counts(doc),
    claims,
    checks: doc.checks,
    cost: doc.cost,
    environment: doc.env,
    topology: doc.topology ?? null,
    decision: doc.decision ?? null,
  })}\n`;
}

function counts(doc: RunDocument): Readonly<Record<ClaimVerdict, number>> {
  const result = { PASS: 0, FAIL: 0, UNDECIDED: 0, INSUFFICIENT: 0, NOT_RUN: 0, INVALID: 0, INFO: 0 };
  for (const claim of doc.claims) result[claim.verdict] += 1;
  return result;
}
