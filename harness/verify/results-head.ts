// What results.json says about the run beside its claims: identity, exit code, cost, conditions, each worked out again.
import { fieldsOf, list, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import { metersIn, microUsd } from "./money.ts";
import type { Truth } from "./printed-tables.ts";

const exitCodes: Readonly<Record<string, number>> = { CERTIFIED: 0, CONDITIONAL: 3, REFUSED: 1, INCOMPLETE: 6 };

export function checkResultsHead(name: string, text: string, truth: Truth, notes: Notebook): void {
  const report = parsed(text);
  const { plan, env } = truth;
  const wanted: Fields = {
    attempt: plan["attempt"],
    id: plan["run"],
    target: plan["target"],
    isolation: plan["isolation"],
    planSha256: truth.planSha256,
    startedAt: new Date(wholeOf(plan["createdAtMs"]) ?? 0).toISOString(),
    node: env["node"],
    packageVersion: env["package"],
    e2bSdk: env["e2bSdk"],
    commit: env["commit"] ?? "unknown",
    dirty: env["dirty"] !== false,
  };
  compare(name, "run.", fieldsOf(report["run"]), wanted, notes);
  compare(name, "", report, { exitCode: exitCodes[truth.verdict] }, notes);
  checkCost(name, fieldsOf(report["cost"]), truth, notes);
  checkConditions(name, report, truth, notes);
  if ("claims" in report && list(report["claims"]).length !== truth.claims.size) {
    notes.blame(name, "it does not hold every claim", { place: "claims" });
  }
  for (const entry of list(report["claims"]).map(fieldsOf)) {
    const { need, layer, sentence } = truth.planned.get(textOf(entry["id"])) ?? {};
    const claim = textOf(entry["id"]);
    for (const [field, own] of Object.entries({ gate: need, layer, sentence })) {
      if (!(field in entry) || entry[field] === own) continue;
      notes.blame(name, `${field} of ${claim} is not that of the plan`, { place: field, claim });
    }
  }
}

/** Only fields that the report has are held against the evidence: it may say less. */
function compare(name: string, prefix: string, given: Fields, wanted: Fields, notes: Notebook): void {
  for (const field of Object.keys(wanted)) {
    if (!(field in given) || given[field] === wanted[field]) continue;
    const problem = `${field} is printed as ${String(given[field])}, the evidence says ${String(wanted[field])}`;
    notes.blame(name, problem, { place: `${prefix}${field}` });
  }
}

function checkCost(name: string, cost: Fields, truth: Truth, notes: Notebook): void {
  if (!("totalMicroUsd" in cost)) return;
  const prices = fieldsOf(truth.plan["priceList"]);
  const total = microUsd(metersIn(truth.files), prices) ?? 0;
  const lines = list(cost["lines"]).reduce<number>((sum, line) => sum + Number(fieldsOf(line)["microUsd"]), 0);
  if (cost["totalMicroUsd"] !== total || lines !== total) {
    const said = String(cost["totalMicroUsd"]);
    notes.blame(name, `the cost is printed as ${said}, the meters give ${total}`, { place: "cost.totalMicroUsd" });
  }
  if ("priceList" in cost && fieldsOf(cost["priceList"])["sha256"] !== prices["sha256"]) {
    notes.blame(name, "it names another price list than the plan", { place: "cost.priceList" });
  }
}

function checkConditions(name: string, report: Fields, truth: Truth, notes: Notebook): void {
  if (!("conditions" in report)) return;
  const meant = truth.reasons.map(({ sentence, claim }) =>
    claim === null ? textOf(sentence) : `${textOf(sentence)} (${textOf(claim)})`,
  );
  const said = list(report["conditions"]).map(textOf);
  if ([...new Set(said)].sort().join("\n") === [...new Set(meant)].sort().join("\n")) return;
  notes.blame(name, "its conditions are not the reasons of the verdict", { place: "conditions" });
}

function parsed(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}
