// Service levels as error budgets: how much of what may go wrong did go wrong. The burn rate is shown; only the binomial bound
// of the claim alarms or acquits, and no data is a state of its own. Law: measurement §5.7.
import type { Claim } from "../../claims/types.ts";
import { head, note, number, stateCell, table, text, type Cell, type Section } from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { countMark, limitText, quantityName } from "../text/claim-marks.ts";
import { formatCount, formatPpm } from "../text/format.ts";
import { fact, id } from "../text/text.ts";

const million = 1_000_000;

export function errorBudgetsSection(doc: RunDocument): Section {
  const gates = doc.claims.filter((claim) => budgetPpm(claim) !== null && isGate(claim, doc));
  return {
    id: "budgets",
    title: "Error budgets",
    blocks: [
      note(
        "The budget is the share that may miss its level. The burn rate is the share that did, divided by the budget; it informs. The state comes from the exact bound of the claim, in either direction.",
      ),
      table(
        "Error budgets",
        ["State", "Level", "#Budget", "#Bad", "#Of", "#Budget used"],
        gates.map(budgetRow),
        "no data: no level with a budget was planned.",
      ),
    ],
  };
}

function isGate(claim: Claim, doc: RunDocument): boolean {
  return doc.planned.some((planned) => planned.id === claim.id && planned.need !== "info");
}

/** The share that may go wrong: one minus the promised rate, or one minus the quantile. */
function budgetPpm(claim: Claim): number | null {
  if (claim.threshold === null) return null;
  if (claim.estimator === "proportion.lower") return million - claim.threshold.value;
  if (claim.estimator === "proportion.upper") return claim.threshold.value;
  return claim.estimator === "quantile.upper" && claim.qPpm !== null ? million - claim.qPpm : null;
}

function budgetRow(claim: Claim): readonly Cell[] {
  const budget = budgetPpm(claim) ?? 0;
  const used = claim.n === 0 || budget <= 0 ? null : Math.round((claim.over * million * million) / (claim.n * budget));
  return [
    stateOf(claim),
    head(id(claim.metric), ` ${quantityName(claim)} `, ...limitText(claim)),
    number(fact(`budget.${claim.id}.share`, budget, formatPpm(budget))),
    number(claim.over === 0 ? "none" : countMark(claim, "over")),
    number(claim.n === 0 ? "no data" : countMark(claim, "n")),
    used === null ? text("no data") : number(fact(`budget.${claim.id}.used`, used, percent(used))),
  ];
}

function percent(ppm: number): string {
  return ppm < 10_000_000
    ? formatPpm(Math.round(ppm / 1_000) * 1_000)
    : `${formatCount(Math.round(ppm / 10_000))}\u00a0%`;
}

function stateOf(claim: Claim): Cell {
  switch (claim.verdict) {
    case "PASS":
      return stateCell("good", "within budget");
    case "FAIL":
      return stateCell("bad", "budget exceeded");
    case "INVALID":
      return stateCell("bad", "evidence unfit");
    case "NOT_RUN":
      return stateCell("open", "no data");
    case "UNDECIDED":
    case "INSUFFICIENT":
    case "INFO":
      return claim.n === 0 ? stateCell("open", "no data") : stateCell("open", "undecided");
  }
}
