// What follows from the data: issues, next steps, what was taken away again. Every line is a rule over verdicts; sentences that
// are not are marked as authored. Law: system 10.3 and 10.4.
import type { Claim, PlannedClaim } from "../../claims/types.ts";
import { head, list, note, table, text, verdictCell, type Block, type Cell, type Section } from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { claimSentence } from "../text/claim-sentence.ts";
import { countMark } from "../text/claim-marks.ts";
import { id, quoted, time, type Text } from "../text/text.ts";

const severity = (claim: Claim, planned: PlannedClaim): string => {
  const refuted = claim.verdict === "FAIL" || claim.verdict === "INVALID";
  if (planned.need === "required") return refuted ? "critical" : "high";
  return refuted ? "medium" : "low";
};
const order = ["critical", "high", "medium", "low"] as const;

/** Claims of a gate that do not hold, worst first. */
function openClaims(doc: RunDocument): readonly { readonly claim: Claim; readonly planned: PlannedClaim }[] {
  const claims = new Map(doc.claims.map((claim) => [claim.id, claim]));
  const rank = (claim: Claim, planned: PlannedClaim): number =>
    order.findIndex((name) => name === severity(claim, planned));
  return doc.planned
    .flatMap((planned) => {
      const claim = claims.get(planned.id);
      return claim === undefined || planned.need === "info" || claim.verdict === "PASS" ? [] : [{ claim, planned }];
    })
    .sort((a, b) => rank(a.claim, a.planned) - rank(b.claim, b.planned));
}

export function issuesSection(doc: RunDocument): Section {
  const open = openClaims(doc);
  const failed = doc.checks.filter((check) => check.state === "failed");
  const rows = open.map(({ claim, planned }): readonly Cell[] => [
    verdictCell(claim.verdict),
    head(severity(claim, planned)),
    text(...claimSentence(claim, doc.claims)),
    text(...resolution(claim)),
  ]);
  return {
    id: "issues",
    title: "Known issues",
    blocks: [
      table(
        "Known issues",
        ["Result", "Severity", "What the evidence says", "Resolution"],
        rows,
        doc.claims.length === 0
          ? "not measured: no claim was judged."
          : "No issue follows from the data of this run. That is not a proof of absence.",
      ),
      ...(failed.length === 0
        ? []
        : [list(failed.map((check): Text => ["The check ", quoted(check.title), " did not hold: ", id(check.id)]))]),
    ],
  };
}

function resolution(claim: Claim): Text {
  switch (claim.verdict) {
    case "FAIL":
      return ["Mend the cause, then run again: the next attempt meets a stricter level."];
    case "INVALID":
      return ["Remove what made the evidence unfit, then run again."];
    case "INSUFFICIENT":
    case "UNDECIDED":
      return claim.need === null
        ? ["Plan more samples."]
        : ["Plan at least ", countMark(claim, "need"), " samples for it."];
    case "NOT_RUN":
      return ["Run what was left out; the reason stands beside the claim."];
    case "PASS":
    case "INFO":
      return ["–"];
  }
}

/** Rules over the data, nothing else. */
export function nextSteps(doc: RunDocument): readonly Text[] {
  const open = openClaims(doc);
  const has = (...verdicts: readonly Claim["verdict"][]): boolean =>
    open.some(({ claim }) => verdicts.includes(claim.verdict));
  const steps: Text[] = [];
  if (has("FAIL", "INVALID")) steps.push(["Mend what is refuted or unfit before anything is deployed."]);
  if (has("UNDECIDED", "INSUFFICIENT")) steps.push(["Take the samples that undecided claims still need."]);
  if (has("NOT_RUN")) steps.push(["Run the parts that were not reached."]);
  if (doc.run.assurance === "A0" || doc.run.assurance === "A1") {
    steps.push(["Run in CI with an identity of its own, so that the signature says more than integrity."]);
  }
  if (doc.run.dirty) steps.push(["Commit the changes of the tree and run again on the commit."]);
  if (doc.run.target === "local") steps.push(["Run against E2B's cloud: nothing here speaks about it."]);
  if (doc.run.expiresAt !== null)
    steps.push(["Run again before ", time(doc.run.expiresAt), ", when this run expires."]);
  return steps;
}

export function stepsSection(doc: RunDocument): Section {
  return {
    id: "steps",
    title: "Next steps",
    blocks: [note("Each line is a rule over the data of this run."), list(nextSteps(doc))],
  };
}

/** What the target still listed at the end, by the claim that counts it. */
export function cleanupBlocks(doc: RunDocument): readonly Block[] {
  const orphans = doc.claims.filter((claim) => claim.metric === "check.run.orphans" || claim.id.endsWith(".orphans"));
  return orphans.length === 0
    ? [note("Cleanup: not measured.")]
    : [list(orphans.map((claim) => claimSentence(claim, doc.claims)))];
}
