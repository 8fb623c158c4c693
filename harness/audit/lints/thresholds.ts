// A limit said to be kept beside figures that break it: a ticked line against the tables of the report, a row against the
// limit in its own column, and "within budget" against a cost.
import { statisticIn, type Grid, type GridRow } from "../extract/grids.ts";
import { sameScope, type ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare } from "../numbers/ratio.ts";
import { shared, subject } from "../words.ts";
import { aboutNumber, comparable, operand } from "./lint.ts";

const kept =
  /[✓✔✅☑]|\b(?:pass(?:ed|es)?|met|meets?|within|achieved|satisf\w+|holds?|confirmed|complian\w+|under budget|ok)\b/iu;
const notKept =
  /[✗✕❌☐◐○]|\b(?:fail\w*|not met|miss\w*|exceed\w*|violat\w*|broken|breach\w*|info|not run|not measured)\b/iu;

export function thresholdFindings(report: ReadReport): readonly Finding[] {
  return [...ticked(report), ...rows(report), ...budgets(report)];
}

function ticked(report: ReadReport): readonly Finding[] {
  const said = report.sentences
    .filter((one) => one.kind !== "row" && one.kind !== "heading" && isKept(one))
    .slice(0, mostStatements);
  return said.flatMap((sentence) => {
    const limits = (report.bySentence[sentence.index] ?? []).filter(
      (one) => one.bound !== null && (one.base === "time" || one.base === "share" || one.base === "money"),
    );
    return limits.flatMap((limit) => againstTables(report, sentence, limit));
  });
}

function isKept(sentence: Sentence): boolean {
  return (
    (sentence.tick === "yes" || kept.test(sentence.text)) && sentence.tick !== "no" && !notKept.test(sentence.text)
  );
}

function againstTables(report: ReadReport, sentence: Sentence, limit: Quantity): readonly Finding[] {
  const statistic = statisticIn(sentence.text.slice(Math.max(0, limit.at - 40), limit.end + 40));
  if (limit.base === "time" && statistic === null) return [];
  const words = subject(sentence.text);
  const seen = report.grids
    .slice(0, mostStatements)
    .flatMap((grid) => columnFigures(grid, { statistic, limit }).map((one) => ({ ...one, grid })));
  const named = seen.filter(
    ({ row }) =>
      shared(subject(row.label), words).length > 0 &&
      shared(subject(row.label), words).length >= Math.min(2, subject(row.label).length),
  );
  const meant =
    named.length > 0 ? named : limit.base === "time" && words.every((word) => general.test(word)) ? seen : [];
  const broken = meant.filter(
    ({ figure, own }) =>
      breaks(figure, limit) && (own === null || named.length > 0 || compare(own.value, limit.value) <= 0),
  );
  if (broken.length > 0) {
    const operands = broken.slice(0, 5).map(({ figure, row }) => `${row.label}: ${operand(figure)}`);
    return [
      aboutNumber(report, limit, {
        outcome: "contradicted",
        because: `its own table holds ${broken[0]?.figure.text ?? ""} for ${broken[0]?.row.label ?? ""}`,
        operands,
      }),
    ];
  }
  if (meant.length === 0) return [];
  return [
    aboutNumber(report, limit, {
      outcome: "proven",
      because: `each of the ${meant.length} printed figures keeps it`,
      operands: meant.slice(0, 5).map(({ figure }) => operand(figure)),
    }),
  ];
}

/** Words that name no operation: the sentence speaks about all of them. */
const general =
  /^(?:performance|sla|slo|latency|response|time|target|meet|met|pass|passed|p\d+|operation|system|gate|global|limit|requirement|threshold|goal|overall|second|sec|ms|median|max|maximum|mean|average|percentile|acceptable|range|criteria|achieved|verified|ok|within|good|excellent|production|ready|requirements|below|less|service|level|agreement|objective|non-functional|speed|fast|every|everything)$/;

interface Seen {
  readonly row: GridRow;
  readonly figure: Quantity;
  /** The row's own limit. */
  readonly own: Quantity | null;
}

function columnFigures(
  grid: Grid,
  { statistic, limit }: { readonly statistic: string | null; readonly limit: Quantity },
): readonly Seen[] {
  const column = grid.head.findIndex(
    (head) =>
      (statistic === null ? wordsOf(limit).test(head) : statisticIn(head) === statistic) && !limitHead.test(head),
  );
  if (column === -1) return [];
  const own = grid.head.findIndex((head) => limitHead.test(head));
  return grid.rows.flatMap((row) => {
    const figure = row.mains[column] ?? null;
    if (figure === null || figure.bound !== null || !comparable(figure, limit)) return [];
    return [{ row, figure, own: own === -1 ? null : (row.mains[own] ?? null) }];
  });
}

function wordsOf(limit: Quantity): RegExp {
  return limit.base === "money"
    ? /\b(?:cost|total|sum|per day)\b/i
    : /\b(?:success|pass rate|rate|availability|uptime|error)\b/i;
}

const limitHead = /\b(?:limit|target|sla|slo|threshold|budget|goal|max allowed|requirement)\b/i;

function breaks(figure: Quantity, limit: Quantity): boolean {
  switch (limit.bound) {
    case "<":
      return compare(figure.span.low, limit.value) >= 0;
    case "<=":
      return compare(figure.span.low, limit.value) > 0;
    case ">":
      return compare(figure.span.high, limit.value) <= 0;
    case ">=":
      return compare(figure.span.high, limit.value) < 0;
    case null:
      return false;
  }
}

/** Rows with a limit of their own and a tick. */
function rows(report: ReadReport): readonly Finding[] {
  return report.grids.flatMap((grid) => {
    const limitAt = grid.head.findIndex((head) => limitHead.test(head));
    if (grid.kind === "list" || limitAt === -1) return [];
    return grid.rows.flatMap((row) => judgeRow(report, grid, { row, limitAt }));
  });
}

function judgeRow(
  report: ReadReport,
  grid: Grid,
  { row, limitAt }: { readonly row: GridRow; readonly limitAt: number },
): readonly Finding[] {
  const printed = row.mains[limitAt] ?? null;
  const status = row.texts
    .filter((text, at) => at !== limitAt && (row.all[at] ?? []).length === 0 && text.length < 24)
    .join(" ");
  if (printed === null || !kept.test(status) || notKept.test(status)) return [];
  const limitText = `${grid.head[limitAt] ?? ""} ${row.texts[limitAt] ?? ""}`;
  const limit =
    printed.bound === null
      ? {
          ...printed,
          bound:
            /\b(?:success|availab|uptime|rate|min)/i.test(row.label) &&
            printed.base === "share" &&
            !/error|fail/i.test(row.label)
              ? (">=" as const)
              : ("<=" as const),
        }
      : printed;
  const statistic = statisticIn(limitText);
  const columns = grid.head.flatMap((head, at) => {
    const figure = row.mains[at] ?? null;
    const usable = at !== limitAt && figure !== null && comparable(figure, limit) && figure.unclaimed === null;
    return usable ? [{ head, figure, statistic: statisticIn(head) }] : [];
  });
  const named = columns.filter((one) => one.statistic === statistic && statistic !== null);
  const meant =
    named.length > 0 ? named : columns.filter((one) => one.figure.bound === null || sameWay(one.figure, limit));
  const bad = meant.filter(({ figure }) => breaks(figure, limit));
  const [worst] = bad;
  if (worst === undefined || (named.length === 0 && bad.length < meant.length)) return [];
  return [
    aboutNumber(report, worst.figure, {
      outcome: "contradicted",
      because: `the row says its limit ${printed.text} is kept`,
      operands: [operand(printed)],
    }),
  ];
}

function sameWay(figure: Quantity, limit: Quantity): boolean {
  return (figure.bound ?? " ").charAt(0) === (limit.bound ?? " ").charAt(0);
}

/** `within budget` beside a cost above the budget. */
function budgets(report: ReadReport): readonly Finding[] {
  const money = report.quantities.filter((one) => one.base === "money").slice(0, mostStatements);
  const budget = money.find(
    (one) =>
      /\b(?:budget|limit|cap)\b/i.test(around(report, one)) && !/\b(?:over|exceed)\w*\b/i.test(around(report, one)),
  );
  const claims = report.sentences
    .filter((one) =>
      /\b(?:within|under|below|inside) (?:the |its |our )?(?:daily |cost |\$?\d+(?:\/day)? )?budget\b/i.test(one.text),
    )
    .slice(0, 20);
  if (budget === undefined) return [];
  return claims.flatMap((claim) => {
    const costs = (report.bySentence[claim.index] ?? []).filter(
      (one) => one.base === "money" && one !== budget && comparable(one, budget),
    );
    const over = costs.filter(
      (one) =>
        compare(one.span.low, budget.value) > 0 &&
        one.bound === null &&
        sameScope(report, claim.section, report.sentenceOf(budget).section),
    );
    return over.map((one) =>
      aboutNumber(report, one, {
        outcome: "contradicted" as const,
        because: `the budget is ${budget.text}`,
        operands: [operand(budget)],
      }),
    );
  });
}

function around(report: ReadReport, quantity: Quantity): string {
  const { text } = report.sentenceOf(quantity);
  return text.slice(Math.max(0, quantity.at - 24), quantity.end + 16);
}
