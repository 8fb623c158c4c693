// Claims as rows and sentences, grouped by layer in the order of the plan.
import type { Claim, PlannedClaim } from "../../claims/types.ts";
import type { RunDocument } from "../run-document.ts";
import { claimWords, layerOrder, layerTitles } from "../words.ts";
import { claimSentence } from "../text/claim-sentence.ts";
import { countMark, limitText, quantityName, valueText } from "../text/claim-marks.ts";
import { id, worded, type Text } from "../text/text.ts";

export interface ResultView {
  readonly tone: string;
  readonly glyph: string;
  readonly label: string;
}

interface ClaimRow extends ResultView {
  readonly anchor: string;
  readonly href: string;
  readonly name: Text;
  readonly claimId: Text;
  readonly gate: string;
  readonly quantity: Text;
  readonly value: Text;
  readonly limit: Text;
  readonly n: Text;
  readonly over: Text;
  readonly need: Text;
  readonly origin: Text;
  readonly sentence: Text;
}

export interface ClaimGroup {
  readonly title: string;
  readonly rows: readonly ClaimRow[];
}

export function claimGroups(doc: RunDocument): readonly ClaimGroup[] {
  const claims = new Map(doc.claims.map((claim) => [claim.id, claim]));
  return layerOrder.flatMap((layer) => {
    const rows = doc.planned
      .filter((planned) => planned.layer === layer)
      .flatMap((planned) => {
        const claim = claims.get(planned.id);
        return claim === undefined ? [] : [claimRow(planned, claim, doc.claims)];
      });
    return rows.length === 0 ? [] : [{ title: layerTitles[layer], rows }];
  });
}

export function resultView(verdict: Claim["verdict"]): ResultView {
  const { tone, glyph, label } = claimWords[verdict];
  return { tone, glyph, label };
}

function claimRow(planned: PlannedClaim, claim: Claim, all: readonly Claim[]): ClaimRow {
  const result = resultView(claim.verdict);
  return {
    ...result,
    anchor: claim.id,
    href: `#${claim.id}`,
    name: [worded(planned.sentence)],
    claimId: [id(claim.id)],
    gate: planned.need,
    quantity: [quantityName(claim)],
    value: valueText(claim),
    limit: limitText(claim),
    n: [countMark(claim, "n")],
    over: claim.over === 0 ? ["none"] : [countMark(claim, "over")],
    need: claim.need === null ? ["–"] : [countMark(claim, "need")],
    origin: [`${claim.provenance}, ${claim.target}`],
    sentence: claimSentence(claim, all),
  };
}
