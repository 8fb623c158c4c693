// Claims as the integers they are, for readers that compute: the machine table at the end of the Markdown.
import type { Claim } from "../../claims/types.ts";
import type { RunDocument } from "../run-document.ts";

const columns = [
  "value",
  "n",
  "over",
  "censored",
  "dropped",
  "excluded",
  "clusters",
  "attempt",
  "confPpm",
  "need",
] as const;

interface RawTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[] }[];
}

export function rawRows(doc: RunDocument): RawTable {
  return {
    columns: ["claim", "verdict", "unit", "threshold", "provenance", "target", ...columns],
    rows: doc.claims.map((claim) => ({ cells: cells(claim) })),
  };
}

function cells(claim: Claim): readonly string[] {
  const threshold = claim.threshold === null ? "null" : `\`${claim.threshold.op}${claim.threshold.value}\``;
  const words = [`\`${claim.id}\``, claim.verdict, claim.unit, threshold, claim.provenance, claim.target];
  return [...words, ...columns.map((column) => String(claim[column]))];
}
