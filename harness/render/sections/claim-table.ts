// Claims as a table for pages that do not print all of them. The whole claim stands in the validation report.
import type { Claim } from "../../claims/types.ts";
import { number, table, text, verdictCell, type Block, type Cell } from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { countMark, limitText, quantityName, valueText } from "../text/claim-marks.ts";
import { id, worded } from "../text/text.ts";

const columns = ["Result", "Claim", "Quantity", "#Bound", "#Limit", "#Samples", "#Over", "Origin"];

export function claimTable(label: string, claims: readonly Claim[], doc: RunDocument): Block {
  const sentences = new Map(doc.planned.map((planned) => [planned.id, planned.sentence]));
  const rows = claims.map((claim): readonly Cell[] => [
    verdictCell(claim.verdict),
    { kind: "head", tone: "", text: [worded(sentences.get(claim.id) ?? claim.metric), " ", id(claim.id)] },
    text(quantityName(claim)),
    number(...valueText(claim)),
    number(...limitText(claim)),
    number(countMark(claim, "n")),
    number(claim.over === 0 ? "none" : countMark(claim, "over")),
    text(`${claim.provenance}, ${claim.target}`),
  ]);
  return table(label, columns, rows, "not measured");
}

/** Claims of the run's own target and of our own code, in the order of the plan; those that only inform when asked for. */
export function claimsWhere(
  doc: RunDocument,
  fits: (claim: Claim) => boolean,
  { info = false }: { readonly info?: boolean } = {},
): readonly Claim[] {
  const needs = new Map(doc.planned.map((planned) => [planned.id, planned.need]));
  return doc.claims.filter(
    (claim) => fits(claim) && !claim.metric.startsWith("cloud.") && (info || needs.get(claim.id) !== "info"),
  );
}
