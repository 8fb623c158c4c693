// From scanned figures to quantities: the unit a header lends, the bound or the "about" before it, ranges, and the span of
// values the printed digits may stand for.
import { mostNumbers } from "../limits.ts";
import type { Outline, Quantity, Sentence, Table, Unclaimed } from "../model.ts";
import { add, compare, divide, multiply, ratio, zero, type Ratio } from "../numbers/ratio.ts";
import { scanNumbers, type Scanned } from "../numbers/scan.ts";
import { around, type Span } from "../numbers/span.ts";
import { unitInHeader, unitOf } from "../numbers/units.ts";
import { shown } from "../parse/inline.ts";
import { stem } from "../words.ts";
import { unclaimedReason } from "./unclaimed.ts";

export interface Extracted {
  readonly quantities: readonly Quantity[];
  readonly bySentence: readonly (readonly Quantity[])[];
  readonly unclaimed: readonly Unclaimed[];
  /** True when the report holds more figures than one audit reads. */
  readonly tooMany: boolean;
}

export function extractQuantities(outline: Outline): Extracted {
  const quantities: Quantity[] = [];
  const bySentence: (readonly Quantity[])[] = [];
  const unclaimed: Unclaimed[] = [];
  for (const sentence of outline.sentences) {
    const { found, passed } = scanNumbers(sentence.text);
    for (const one of passed) {
      unclaimed.push({
        line: lineAt(sentence, one.at),
        text: sentence.text.slice(one.at, one.end).slice(0, 80),
        reason: one.reason,
      });
    }
    const own = joinRanges(found, sentence.text).map((one, at, all) =>
      quantityOf(one, { index: quantities.length + at, sentence, outline, before: all[at - 1] ?? null }),
    );
    for (const one of own) {
      quantities.push(one);
      if (one.unclaimed !== null) unclaimed.push({ line: one.line, text: one.text, reason: one.unclaimed });
    }
    bySentence.push(own);
    if (quantities.length + unclaimed.length > mostNumbers) return { quantities, bySentence, unclaimed, tooMany: true };
  }
  return { quantities, bySentence, unclaimed, tooMany: false };
}

export function lineAt(sentence: Sentence, at: number): number {
  let line = sentence.line;
  for (const one of sentence.breaks) if (one <= at) line += 1;
  return line;
}

interface Ranged extends Scanned {
  readonly to: Scanned | null;
}

/** `3–4 s`, `0.2 to 0.8 s`: one quantity with two ends. */
function joinRanges(found: readonly Scanned[], text: string): readonly Ranged[] {
  const joined: Ranged[] = [];
  for (let at = 0; at < found.length; at += 1) {
    const one = found[at];
    const next = found[at + 1];
    if (one === undefined) continue;
    if (next !== undefined && isRange(one, next, text)) {
      const lent =
        one.unit === ""
          ? { base: next.base, unit: next.unit, per: next.per, perScale: next.perScale, noun: next.noun }
          : {};
      const scale = one.unit === "" ? next.scale : ratio(1n);
      joined.push({
        ...one,
        ...lent,
        value: multiply(one.value, scale),
        digit: multiply(one.digit, scale),
        end: next.end,
        to: next,
      });
      at += 1;
    } else joined.push({ ...one, to: null });
  }
  return joined;
}

function isRange(a: Scanned, b: Scanned, text: string): boolean {
  const between = text.slice(a.end, b.at);
  const dash = /^ ?[–—-] ?\$?$/.test(between) || (b.negative && between === "" && a.unit === "");
  const word =
    between === " to " &&
    /(?:from |between |range |takes? |took |of |: |\(|^)$/i.test(text.slice(Math.max(0, a.at - 8), a.at));
  if (!dash && !word) return false;
  if (a.unit !== "" && a.unit !== b.unit) return false;
  return (
    compare(
      multiply(a.value, a.unit === "" ? b.scale : ratio(1n)),
      b.negative ? multiply(b.value, ratio(-1n)) : b.value,
    ) <= 0
  );
}

interface Around {
  readonly index: number;
  readonly sentence: Sentence;
  readonly outline: Outline;
  readonly before: Ranged | null;
}

function quantityOf(one: Ranged, { index, sentence, outline }: Around): Quantity {
  const cell = cellOf(outline, sentence, one.at);
  const table = cell === null ? undefined : outline.tables[cell.table];
  const lent = lentUnit(one, table, cell?.column ?? null);
  const unit = lent ?? one;
  const scale = lent?.scale ?? ratio(1n);
  const perScale = one.perScale ?? ratio(1n);
  const value = divide(multiply(one.value, scale), perScale);
  const digit = divide(multiply(one.digit, scale), perScale);
  const before = sentence.text.slice(Math.max(0, one.at - 28), one.at);
  const whole =
    one.decimals === 0 &&
    (unit.base === "plain" || unit.base === "count") &&
    one.per === "" &&
    !continuous(table?.head[cell?.column ?? -1]);
  const approximate =
    /(?:[~≈∼]|\b(?:about|around|approx\.?|approximately|roughly|circa|nearly|almost|ca\.)) ?[$€£]?$/i.test(before);
  const exact = whole && !approximate && compare(one.scale, ratio(1n)) === 0;
  const slack = exact ? zero : approximate ? wide(value, digit) : divide(digit, ratio(2n));
  const high =
    one.to === null
      ? value
      : divide(multiply(one.to.negative ? multiply(one.to.value, ratio(-1n)) : one.to.value, scale), perScale);
  const span: Span = { low: around(value, slack).low, high: around(high, slack).high };
  const text = shown(sentence.text.slice(one.at, one.end)).replaceAll("`", "");
  const quantity: Quantity = {
    index,
    sentence: sentence.index,
    line: lineAt(sentence, one.at),
    at: one.at,
    end: one.end,
    text,
    value,
    scale: divide(multiply(one.scale, scale), perScale),
    span,
    digit: exact ? zero : digit,
    digits: one.digits,
    base: unit.base,
    unit: lent?.unit ?? one.unit,
    // "0.8 s per operation" is a time; "$0.05 per call" stays a price.
    per: one.perScale === null && unit.base === "time" ? "" : one.per,
    noun: one.noun === "" ? "" : stem(one.noun),
    bound: boundBefore(before),
    approximate,
    range: one.to !== null,
    cell,
    unclaimed: null,
  };
  return { ...quantity, unclaimed: unclaimedReason(quantity, { sentence, table }) };
}

/** "About 60" may be 57 or 63: five parts in a hundred, and at least half of its last digit that is not zero. */
function wide(value: Ratio, digit: Ratio): Ratio {
  const twentieth = divide(compare(value, zero) < 0 ? multiply(value, ratio(-1n)) : value, ratio(20n));
  return compare(twentieth, digit) < 0 ? digit : add(twentieth, zero);
}

function boundBefore(before: string): Quantity["bound"] {
  const sign = /(<=|>=|[<>≤≥]) ?[$€£]?$/.exec(before)?.[1];
  if (sign !== undefined)
    return sign === "≤" ? "<=" : sign === "≥" ? ">=" : sign === "<" || sign === "<=" || sign === ">" ? sign : ">=";
  const word =
    /\b(under|below|less than|fewer than|at most|up to|within|max\.?|over|above|more than|at least|min\.?) [$€£]?$/i
      .exec(before)?.[1]
      ?.toLowerCase();
  switch (word) {
    case undefined:
      return null;
    case "under":
    case "below":
    case "less than":
    case "fewer than":
      return "<";
    case "over":
    case "above":
    case "more than":
      return ">";
    case "at least":
    case "min":
    case "min.":
      return ">=";
    default:
      return "<=";
  }
}

function cellOf(outline: Outline, sentence: Sentence, at: number): Quantity["cell"] {
  const table = sentence.table === null ? undefined : outline.tables[sentence.table];
  if (table === undefined) return null;
  const first = table.rows[0]?.sentence ?? 0;
  const row = sentence.index - first;
  const cells = table.rows[row]?.cells ?? [];
  let column = 0;
  while (column + 1 < cells.length && (cells[column + 1]?.at ?? 0) <= at) column += 1;
  return { table: table.index, row, column };
}

const timeHeads = /\b(?:latency|duration|time|elapsed|took|p50|p75|p90|p95|p99)\b/i;

/** A unit that the header of the column, the label of the row or the line above the table names for bare figures. */
function lentUnit(
  one: Scanned,
  table: Table | undefined,
  column: number | null,
): { readonly base: Quantity["base"]; readonly unit: string; readonly scale: Ratio } | null {
  if (table === undefined || column === null || one.unit !== "" || one.per !== "") return null;
  const head = table.head[column] ?? "";
  const own = unitInHeader(head);
  const above =
    own === null && (timeHeads.test(head) || /\b(?:mean|average|avg|max|min|median)\b/i.test(head))
      ? captionUnit(table.caption)
      : null;
  const unit = unitOf(own ?? above ?? "");
  return unit === null || unit.base === "factor" ? null : { base: unit.base, unit: unit.name, scale: unit.scale };
}

function captionUnit(caption: string): string | null {
  return (
    /\b(?:in|all)\s+(ms|milliseconds|seconds|µs|ns)\b/i.exec(caption.slice(0, 400))?.[1] ??
    /\((?:[^()]*[, ])?(ms|s|µs|ns)\)/.exec(caption.slice(0, 400))?.[1] ??
    null
  );
}

const continuousHead =
  /\b(?:latency|duration|time|cost|price|size|memory|usage|score|rate|avg|mean|average|p\d\d|speed|ratio|elapsed|amount)\b/i;

/** A column of measured sizes, where a whole number is a rounded one. */
function continuous(head: string | undefined): boolean {
  return head !== undefined && continuousHead.test(head);
}
