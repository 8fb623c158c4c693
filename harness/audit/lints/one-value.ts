// One quantity, one value: the same subject given two figures that no rounding reconciles, and runs whose samples are those
// of another run.
import type { Grid } from "../extract/grids.ts";
import { sameScope, type ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { disjoint } from "../numbers/span.ts";
import { subject } from "../words.ts";
import { aboutNumber, comparable, operand } from "./lint.ts";

interface Said {
  readonly quantity: Quantity;
  readonly sentence: Sentence;
  /** Sorted stems of its subject. */
  readonly key: string;
}

const vague = new Set(
  "total time duration value result count number cost size rate average mean max min sum latency p50 p95 p99 status run item part case row".split(
    " ",
  ),
);
const skipped =
  /\b(?:from|to|before|after|increase\w*|decrease\w*|previous\w*|earlier|was .* now|improv\w*|reduc\w*|up to|between|target|limit|goal|budget|expected|planned|if|when|example|e\.g|first|second|third|each|every|per|another|other|additional|more|less|than|least|most|vs|versus|compared)\b/i;

export function oneValueFindings(report: ReadReport): readonly Finding[] {
  const said = new Map<string, Said[]>();
  for (const sentence of report.sentences) {
    if (sentence.kind === "row") continue;
    const one = statement(report, sentence);
    if (one === null) continue;
    const own = said.get(one.key) ?? [];
    if (own.length < 20) own.push(one);
    said.set(one.key, own);
  }
  return [...said.values()].flatMap((own) => conflicts(report, own));
}

const measure = /^(?:time|bytes|money|share)$/;

/** `The pipeline took about 13 s`: one measured figure, and what stands before it. */
function statement(report: ReadReport, sentence: Sentence): Said | null {
  const own = report.bySentence[sentence.index] ?? [];
  const [quantity] = own.filter((one) => one.unclaimed === null);
  if (quantity === undefined || own.length !== 1 || !measure.test(quantity.base) || quantity.bound !== null)
    return null;
  const before = sentence.text.slice(0, quantity.at);
  const after = sentence.text.slice(quantity.end).trim();
  if (
    before.length > 90 ||
    skipped.test(before) ||
    !/^(?:[.!)\]]|$|for (?:the|a)|\(|in (?:total|all)|end[- ]to[- ]end)/i.test(after)
  )
    return null;
  const words = [...new Set(subject(before))].sort();
  if (words.length === 0 || words.length > 5 || words.every((word) => vague.has(word))) return null;
  // "write a" and "write b", "phase 1" and "phase 2" are two subjects.
  const marks = before.match(/\d+|(?<![\p{L}\p{N}])[\p{L}](?=\s*:?\s*$)/gu) ?? [];
  return { quantity, sentence, key: `${quantity.base}${quantity.per} ${words.join(" ")} ${marks.join(" ")}` };
}

function conflicts(report: ReadReport, own: readonly Said[]): readonly Finding[] {
  const [first] = own;
  if (first === undefined || own.length < 2) return [];
  // A value that anyone repeats is the one; those that differ from every scope-mate are in conflict.
  return own.flatMap((one, at) => {
    const others = own.filter(
      (other, index) =>
        index !== at &&
        comparable(other.quantity, one.quantity) &&
        sameScope(report, other.sentence.section, one.sentence.section),
    );
    const [other] = others.filter((two) => disjoint(two.quantity.span, one.quantity.span));
    if (
      other === undefined ||
      others.length === 0 ||
      others.some((two) => !disjoint(two.quantity.span, one.quantity.span))
    )
      return [];
    return [
      aboutNumber(report, one.quantity, {
        outcome: "contradicted" as const,
        because: `the same quantity is given as ${other.quantity.text} in line ${other.quantity.line}`,
        operands: others.map(({ quantity }) => operand(quantity)),
      }),
    ];
  });
}

const runHead = /\b(?:run|trial|attempt|iteration|round|experiment|sample|day|host|machine)\b/i;
const fewestAlike = 4;

/** Two runs with the same measured figures to the last digit. */
export function duplicateFindings(report: ReadReport): readonly Finding[] {
  return report.grids
    .slice(0, mostStatements)
    .flatMap((grid) => [...alikeRows(report, grid), ...alikeColumns(report, grid)]);
}

function alikeRows(report: ReadReport, grid: Grid): readonly Finding[] {
  if (grid.kind === "list") return [];
  const rows = grid.rows.filter(
    (row) => row.kind === "data" && (runHead.test(row.label) || runHead.test(grid.head[0] ?? "")),
  );
  return repeats(
    report,
    rows.map((row) => row.mains.flatMap((one) => one ?? []).filter(isSharp)),
  );
}

function alikeColumns(report: ReadReport, grid: Grid): readonly Finding[] {
  if (grid.kind === "list") return [];
  const columns = grid.head.flatMap((head, at) =>
    /\b(?:run|trial|attempt|iteration|round|experiment) ?#?\w+\b/i.test(head) ? [at] : [],
  );
  return repeats(
    report,
    columns.map((column) => grid.rows.flatMap((row) => row.mains[column] ?? []).filter(isSharp)),
  );
}

/** Three significant digits of a measured time or rate: coincidence has no part in four of them. */
function isSharp(quantity: Quantity): boolean {
  return (
    quantity.digits.replace(".", "").replace(/^0+|0+$/g, "").length >= 3 &&
    (quantity.base === "time" || quantity.base === "bytes" || quantity.base === "plain" || quantity.per !== "") &&
    quantity.unclaimed === null
  );
}

function repeats(report: ReadReport, series: readonly (readonly Quantity[])[]): readonly Finding[] {
  const seen = new Map<string, readonly Quantity[]>();
  return series.flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length < fewestAlike) return [];
    const key = own.map((one) => `${one.digits}${one.unit}`).join(" ");
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, own);
      return [];
    }
    return [
      aboutNumber(report, first, {
        outcome: "contradicted" as const,
        because: `its ${own.length} figures are those of another run, digit for digit`,
        operands: before.slice(0, 8).map(operand),
      }),
    ];
  });
}
