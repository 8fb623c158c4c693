// The sections of the performance report: categories of operations, curves, throughput, cost, error budgets, comparison.
import type { Claim } from "../../claims/types.ts";
import { figure, head, list, note, number, part, stateCell, table, type Block, type Section } from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { formatCount } from "../text/format.ts";
import { fact, type Text } from "../text/text.ts";
import { environment, method } from "../view/closing-view.ts";
import { latencyViews } from "../view/latency-view.ts";
import { claimsWhere, claimTable } from "./claim-table.ts";
import { spendingBlocks } from "./drawings.ts";
import { errorBudgetsSection } from "./error-budgets.ts";
import { issuesSection, stepsSection } from "./findings.ts";

/** The tables of the service levels; a metric belongs to the first category whose beginning it has. */
const categories = [
  { key: "sandboxes", title: "Sandbox operations", begins: ["bench.sandbox.", "bench.process."] },
  { key: "agents", title: "Deployment", begins: ["bench.agent."] },
  { key: "trading", title: "Trading operations", begins: ["bench.portfolio.", "bench.backtest."] },
  { key: "votes", title: "Consensus", begins: ["bench.swarm.", "bench.consensus."] },
  { key: "messages", title: "Communication", begins: ["bench.message.", "bench.memory.", "bench.communication."] },
  { key: "recovery", title: "Recovery", begins: ["bench.recovery.", "bench.recover."] },
  { key: "use", title: "Utilisation", begins: ["bench.utilisation.", "bench.use.", "bench.coordinator."] },
  { key: "other", title: "Other operations", begins: ["bench."] },
] as const;

function categoryOf(metric: string): string | undefined {
  return categories.find(({ begins }) => begins.some((start) => metric.startsWith(start)))?.key;
}

export function performanceSections(doc: RunDocument): readonly Section[] {
  const measured = claimsWhere(doc, (claim) => claim.kind !== "logic" && claim.kind !== "safety", { info: true });
  const inCategory = categories.map((category) => ({
    ...category,
    claims: measured.filter((claim) => categoryOf(claim.metric) === category.key),
  }));
  return [
    {
      id: "operations",
      title: "Operations by category",
      blocks: inCategory
        .filter(({ key, claims }) => key !== "other" || claims.length > 0)
        .flatMap(({ title, claims }) => [part(title), shown(title, claims, doc)]),
    },
    curves(doc),
    throughput(doc, measured),
    { id: "cost", title: "Cost", blocks: spendingBlocks(doc) },
    errorBudgetsSection(doc),
    comparison(inCategory, doc),
    issuesSection(doc),
    stepsSection(doc),
    { id: "method", title: "Method", blocks: [list(method.map((line): Text => [line]))] },
    {
      id: "environment",
      title: "Environment",
      blocks: [
        note("Keys and tokens are not part of a report: not even whether one was set is printed here."),
        table(
          "Environment",
          ["What", "Value"],
          environment(doc).map(({ label, value }) => [head(...label), { kind: "text", tone: "", text: value }]),
          "not measured",
        ),
      ],
    },
  ];
}

function shown(title: string, claims: readonly Claim[], doc: RunDocument): Block {
  return claims.length === 0 ? note("not measured") : claimTable(title, claims, doc);
}

function curves(doc: RunDocument): Section {
  const views = latencyViews(doc);
  return {
    id: "curves",
    title: "Response times",
    blocks:
      views.length === 0
        ? [note("not measured")]
        : [
            note(
              "Each curve shows the share of requests answered within a time, counted from the scheduled start. The dashed line is the limit, the diamond the bound that was compared with it. Quantiles beside a curve were observed and inform only.",
            ),
            ...views.flatMap((view): readonly Block[] => [
              { ...part(""), parts: [view.title] },
              figure(view.charts, [
                ...view.metric,
                `, ${view.origin}: `,
                ...view.n,
                " samples, ",
                ...view.timedOut,
                " timed out. ",
                ...view.quantiles.flatMap(({ name, response }): Text => [`${name} `, ...response, "; "]),
                ...view.service,
              ]),
            ]),
          ],
  };
}

function throughput(doc: RunDocument, measured: readonly Claim[]): Section {
  const claims = measured.filter((claim) => claim.kind === "throughput" || claim.estimator === "rate");
  return {
    id: "throughput",
    title: "Throughput",
    blocks: [
      note(
        "A rate needs a window of its own: completions that were counted, over time that went by. It is never one over a latency.",
      ),
      shown("Throughput", claims, doc),
    ],
  };
}

function comparison(
  groups: readonly { readonly key: string; readonly title: string; readonly claims: readonly Claim[] }[],
  doc: RunDocument,
): Section {
  const needs = new Map(doc.planned.map((planned) => [planned.id, planned.need]));
  const rows = groups.flatMap(({ key, title, claims }) => {
    const gates = claims.filter((claim) => needs.get(claim.id) !== "info");
    if (claims.length === 0) return [[stateCell("open", "not measured"), head(title), number("–"), number("–")]];
    const held = gates.filter((claim) => claim.verdict === "PASS").length;
    const refuted = gates.some((claim) => claim.verdict === "FAIL" || claim.verdict === "INVALID");
    const whole = held === gates.length && held > 0;
    const state = refuted
      ? stateCell("bad", "refuted")
      : whole
        ? stateCell("good", "every level holds")
        : stateCell("open", "not decided");
    return [
      [
        state,
        head(title),
        number(fact(`category.${key}.held`, held, formatCount(held))),
        number(fact(`category.${key}.of`, gates.length, formatCount(gates.length))),
      ],
    ];
  });
  return {
    id: "comparison",
    title: "Comparison of categories",
    blocks: [table("Comparison of categories", ["State", "Category", "#Levels held", "#Of"], rows, "not measured")],
  };
}
