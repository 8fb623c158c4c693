// Totals, means and extremes of a table against its own rows, a total column against its row, and products of quantity
// and price. A figure is contradicted only where the header leaves one meaning; elsewhere a fit proves and a misfit says nothing.
import { statisticIn, type Grid, type GridRow, type RowKind } from "../extract/grids.ts";
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity } from "../model.ts";
import { greatest, least } from "../numbers/ratio.ts";
import { meanSpan, multiplySpans, sumSpans, type Span } from "../numbers/span.ts";
import { aboutNumber, comparable, fits, inUnitOf, operand } from "./lint.ts";

/** Columns whose figures do not add up to anything. */
const noSum =
  /\b(?:rate|%|percent|share|score|price|per|speed|ratio|version|year|date|id|rank|grade|growth|change|factor|utili[sz]ation|limit|target|sla|uptime|coverage|accuracy|weight)\b|%|\//i;
const parallel = /\b(?:parallel|concurrent|concurrently|overlap|wall)\b/i;

export function tableFindings(report: ReadReport): readonly Finding[] {
  return report.grids.flatMap((grid) => [
    ...summaryRows(report, grid),
    ...totalColumn(report, grid),
    ...products(report, grid),
  ]);
}

function summaryRows(report: ReadReport, grid: Grid): readonly Finding[] {
  const findings: Finding[] = [];
  const columns = Math.max(...grid.rows.map((row) => row.mains.length), 0);
  for (const [at, row] of grid.rows.entries()) {
    if (row.kind === "data") continue;
    if (grid.kind === "list" && !/^\S+(?: \S+)?$/.test(row.label)) continue;
    for (let column = 0; column < columns; column += 1) {
      const finding = summaryCell(report, grid, { row, at, column });
      if (finding !== null) findings.push(finding);
    }
  }
  return findings;
}

function summaryCell(
  report: ReadReport,
  grid: Grid,
  { row, at, column }: { readonly row: GridRow; readonly at: number; readonly column: number },
): Finding | null {
  const printed = row.mains[column] ?? null;
  if (printed === null || printed.unclaimed !== null || printed.bound !== null) return null;
  const data = grid.rows.filter((one) => one.kind === "data");
  const previous = grid.rows.findLastIndex((one, index) => index < at && one.kind === row.kind);
  const groups = [data, grid.rows.slice(previous + 1, at).filter((one) => one.kind === "data")].filter(
    (group) => group.length >= 2,
  );
  const parts = groups.map((group) => partsOf(group, column, printed)).filter((one) => one !== null);
  const [first] = parts;
  if (first === undefined) return null;
  for (const part of parts) {
    const span = summaryOf(
      row.kind,
      part.map((one) => one.span),
      printed,
    );
    if (span !== null)
      return aboutNumber(report, printed, {
        outcome: "proven",
        because: `it is the ${nameOf(row.kind)} of its ${part.length} rows`,
        operands: part.map(operand),
      });
  }
  if (!decides(row.kind, grid, column, printed)) return null;
  const best = spanOf(
    row.kind,
    first.map((one) => one.span),
  );
  if (best === null) return null;
  return aboutNumber(report, printed, {
    outcome: "contradicted",
    because: `the ${nameOf(row.kind)} of its ${first.length} rows is ${inUnitOf(best, printed)}`,
    operands: first.map(operand),
  });
}

/** The figures of a column; null when a row has none that can be added to the printed one. */
function partsOf(rows: readonly GridRow[], column: number, printed: Quantity): readonly Quantity[] | null {
  const found: Quantity[] = [];
  for (const row of rows) {
    const one = row.mains[column] ?? null;
    if (one === null) {
      if (
        (row.all[column] ?? []).length === 0 &&
        /^(?:[-–—]?|n\/a|none|not \S+)$/i.test(row.texts[column]?.trim() ?? "")
      )
        continue;
      return null;
    }
    if (one.range || one.bound !== null || !comparable(one, printed)) return null;
    found.push(one);
  }
  return found.length >= 2 ? found : null;
}

function spanOf(kind: RowKind, spans: readonly Span[]): Span | null {
  const [first] = spans;
  if (first === undefined) return null;
  const lows = spans.map((span) => span.low);
  const highs = spans.map((span) => span.high);
  switch (kind) {
    case "total":
    case "overall":
      return sumSpans(spans);
    case "mean":
      return meanSpan(spans);
    case "least":
      return { low: lows.reduce(least), high: highs.reduce(least) };
    case "most":
      return { low: lows.reduce(greatest), high: highs.reduce(greatest) };
    case "median":
    case "data":
      return null;
  }
}

/** The span that fits what is printed, among the meanings of the label. */
function summaryOf(kind: RowKind, spans: readonly Span[], printed: Quantity): Span | null {
  const meanings: readonly RowKind[] = kind === "overall" ? ["total", "mean"] : [kind];
  for (const meaning of meanings) {
    const span = spanOf(meaning, spans);
    if (span !== null && fits(span, printed, meaning === "mean" ? "cut" : "nearest")) return span;
  }
  return null;
}

function decides(kind: RowKind, grid: Grid, column: number, printed: Quantity): boolean {
  const head = grid.head[column] ?? "";
  if (kind === "overall" || kind === "median") return false;
  if (kind !== "total") return statisticIn(head) === null;
  if (grid.kind === "list" && (printed.base === "count" || printed.base === "plain" || printed.base === "share"))
    return false;
  if (printed.base === "share" || printed.per !== "" || noSum.test(head) || statisticIn(head) !== null) return false;
  return printed.base !== "time" || !parallel.test(`${grid.caption} ${head} ${report(grid)}`);
}

function report(grid: Grid): string {
  return grid.rows
    .map((row) => row.label)
    .join(" ")
    .slice(0, 2000);
}

function nameOf(kind: RowKind): string {
  switch (kind) {
    case "mean":
      return "mean";
    case "median":
      return "median";
    case "least":
      return "least";
    case "most":
      return "greatest";
    case "total":
    case "overall":
    case "data":
      return "sum";
  }
}

function totalColumn(report: ReadReport, grid: Grid): readonly Finding[] {
  if (grid.kind === "list") return [];
  const kinds = grid.head.map((head) =>
    /^(?:total|sum|Σ)(?: |$)/iu.test(head.trim())
      ? "total"
      : /^(?:mean|average|avg)(?: |$)/i.test(head.trim())
        ? "mean"
        : null,
  );
  return kinds.flatMap((kind, column) => {
    if (kind === null) return [];
    const others = grid.head.flatMap((head, at) =>
      at === column || noSum.test(head) || statisticIn(head) !== null ? [] : [at],
    );
    return grid.rows.flatMap((row) => rowTotal(report, row, { kind, column, others, head: grid.head }));
  });
}

function rowTotal(
  report: ReadReport,
  row: GridRow,
  {
    kind,
    column,
    others,
    head,
  }: {
    readonly kind: "total" | "mean";
    readonly column: number;
    readonly others: readonly number[];
    readonly head: readonly string[];
  },
): readonly Finding[] {
  const printed = row.mains[column] ?? null;
  if (printed === null) return [];
  const parts = others.flatMap((at) => row.mains[at] ?? []);
  const unread = others.some((at) => (row.all[at] ?? []).length > 0 && (row.mains[at] ?? null) === null);
  if (unread || parts.length < 2 || parts.some((one) => !comparable(one, printed) || one.range)) return [];
  const span = spanOf(
    kind,
    parts.map((one) => one.span),
  );
  if (span === null) return [];
  const operands = parts.map(operand);
  if (fits(span, printed, kind === "mean" ? "cut" : "nearest")) {
    return [
      aboutNumber(report, printed, { outcome: "proven", because: `it is the ${nameOf(kind)} of its row`, operands }),
    ];
  }
  // Counts beside a total of counts may count other things; parts of one kind say so in their heads.
  if (kind === "total" && printed.base !== "money" && !samePartition(others.map((at) => head[at] ?? ""))) return [];
  return [
    aboutNumber(report, printed, {
      outcome: "contradicted",
      because: `the ${nameOf(kind)} of its row is ${inUnitOf(span, printed)}`,
      operands,
    }),
  ];
}

const outcomes =
  /^(?:passed|pass|ok|succeeded|success|successful|failed|fail|failures?|skipped|errors?|errored|pending|timeouts?|timed out|dropped|aborted|insufficient|simulated)$/i;

function samePartition(heads: readonly string[]): boolean {
  const named = heads.filter((head) => /\p{L}/u.test(head));
  const failing = named.some((head) => /^fail/i.test(head.trim()));
  return failing && named.filter((head) => outcomes.test(head.trim())).length >= 2;
}

/** Quantity × unit price = cost, where the heads say which column is which. */
function products(report: ReadReport, grid: Grid): readonly Finding[] {
  if (grid.kind === "list") return [];
  const find = (pattern: RegExp): readonly number[] =>
    grid.head.flatMap((head, at) => (pattern.test(head) ? [at] : []));
  const prices = find(/\b(?:unit price|price|unit cost|rate)\b|\$ ?\/|\bper\b/i);
  const costs = find(/^(?:cost|amount|subtotal|line total|total|total cost|charge)(?: |$|\()/i);
  const many = find(/\b(?:quantity|qty|hours|calls|count|seconds|units|number|creations|gb)\b/i);
  if (prices.length !== 1 || costs.length !== 1 || many.length !== 1) return [];
  const [price = -1] = prices;
  const [cost = -1] = costs;
  const [quantity = -1] = many;
  if (new Set([price, cost, quantity]).size !== 3) return [];
  return grid.rows.flatMap((row) => {
    const [a, b, printed] = [row.mains[quantity] ?? null, row.mains[price] ?? null, row.mains[cost] ?? null];
    if (row.kind !== "data" || a === null || b === null || printed === null || printed.base === "share") return [];
    const spans = [multiplySpans(a.span, b.span), multiplySpans(raw(a), raw(b))];
    const operands = [a, b].map(operand);
    const [span = a.span, bare = a.span] = spans;
    if (fits(span, printed) || fits(bare, printed)) {
      return [
        aboutNumber(report, printed, {
          outcome: "proven" as const,
          because: "it is quantity times price of its row",
          operands,
        }),
      ];
    }
    return [
      aboutNumber(report, printed, {
        outcome: "contradicted" as const,
        because: `quantity times price of its row is ${inUnitOf(bare, printed)}`,
        operands,
      }),
    ];
  });
}

/** As printed, in its own unit. */
function raw(quantity: Quantity): Span {
  const scale = { low: quantity.scale, high: quantity.scale };
  return { low: divideBy(quantity.span.low, scale.low), high: divideBy(quantity.span.high, scale.high) };
}

function divideBy(a: Quantity["value"], b: Quantity["value"]): Quantity["value"] {
  return { n: a.n * b.d, d: a.d * b.n };
}
