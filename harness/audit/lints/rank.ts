// A place said in prose against the table that gives it: "second best category", "the fastest agent".
import type { Grid, GridRow } from "../extract/grids.ts";
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare } from "../numbers/ratio.ts";
import { shared, subject } from "../words.ts";
import { aboutPhrase, operand } from "./lint.ts";

const places: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
};
/** With a place, or said of something: "the fastest agent", "is the highest". A column named "largest" claims nothing. */
const superlative =
  /(?:\b(\d{1,2})(?:st|nd|rd|th)[- ]|\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)[- ]|\b(?:the|is|are|was|were|as|our) (?:the )?)(best|highest|top|largest|most expensive|strongest|worst|lowest|smallest|cheapest|fastest|slowest|weakest)\b(?! (?:seen|observed|value|possible|case|part|way|practice|effort|known|thing|fit|of both))/gi;
const ranked = /\brank(?:s|ed|ing)? ?(?:#|no\.? ?|number )?(\d{1,2})(?:st|nd|rd|th)?\b/gi;

interface Claim {
  readonly sentence: Sentence;
  readonly text: string;
  readonly place: number;
  readonly word: string;
}

export function rankFindings(report: ReadReport): readonly Finding[] {
  const claims = report.sentences
    .filter((one) => one.kind !== "heading")
    .flatMap(claimsIn)
    .slice(0, mostStatements);
  const grids = report.grids.filter((grid) => grid.kind === "table" && grid.rows.length >= 3).slice(0, mostStatements);
  return claims.flatMap((claim) => judge(report, claim, grids));
}

function claimsIn(sentence: Sentence): readonly Claim[] {
  const said = [...sentence.text.matchAll(superlative)].map(([text, digits, word, kind = ""]) => ({
    sentence,
    text: text.trim(),
    place: digits === undefined ? (places[(word ?? "first").toLowerCase()] ?? 1) : Number(digits),
    word: kind.toLowerCase(),
  }));
  const numbered = [...sentence.text.matchAll(ranked)].map(([text, digits = "1"]) => ({
    sentence,
    text,
    place: Number(digits),
    word: "best",
  }));
  const all = [...said, ...numbered].filter(({ place }) => place >= 1 && place <= 50);
  return sentence.kind === "row" ? all.filter(({ text }) => /\d|nd |rd |th |first |second |third /i.test(text)) : all;
}

function judge(report: ReadReport, claim: Claim, grids: readonly Grid[]): readonly Finding[] {
  const words = subject(claim.sentence.text);
  for (const grid of grids) {
    const own = grid.rows.find((row) => row.sentence === claim.sentence.index);
    const data = grid.rows.filter((row) => row.kind === "data");
    const row = own ?? rowFor(data, words);
    if (row === null || row === undefined || row.kind !== "data") continue;
    const column = columnFor(report, grid, { row, claim, data });
    if (column === null) continue;
    const figures = data.flatMap((one) => one.mains[column] ?? []);
    const mine = row.mains[column] ?? null;
    if (mine === null || figures.length < 3 || figures.length !== data.length) continue;
    return verdict(claim, { mine, figures, down: isDescending(claim.word, grid.head[column] ?? "", mine) });
  }
  return [];
}

/** The one row whose label the sentence names wholly. */
function rowFor(rows: readonly GridRow[], words: readonly string[]): GridRow | null {
  const named = rows.filter((row) => {
    const label = subject(row.label);
    return label.length > 0 && shared(label, words).length === label.length;
  });
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** The column that holds a figure of the sentence for this row, or whose head the sentence names, or the only one. */
function columnFor(
  report: ReadReport,
  grid: Grid,
  { row, claim, data }: { readonly row: GridRow; readonly claim: Claim; readonly data: readonly GridRow[] },
): number | null {
  const full = grid.head.flatMap((_, at) => (data.every((one) => (one.mains[at] ?? null) !== null) ? [at] : []));
  if (row.sentence === claim.sentence.index) return full.length === 1 ? (full[0] ?? null) : null;
  const figures = report.bySentence[claim.sentence.index] ?? [];
  const held = full.find((at) => figures.some((one) => sameFigure(one, row.mains[at] ?? null)));
  if (held !== undefined) return held;
  const words = subject(claim.sentence.text);
  const headed = full.filter((at) => shared(subject(grid.head[at] ?? ""), words).length > 0);
  if (headed.length === 1) return headed[0] ?? null;
  // Without a place or a figure the sentence may mean a quality that no column holds.
  return full.length === 1 && /\d|second|third|fourth|fifth/i.test(claim.text) ? (full[0] ?? null) : null;
}

function sameFigure(a: Quantity, b: Quantity | null): boolean {
  return b !== null && a.base === b.base && compare(a.value, b.value) === 0;
}

function isDescending(word: string, head: string, mine: Quantity): boolean {
  const lessIsBetter =
    mine.base === "time" ||
    mine.base === "money" ||
    /\b(?:latency|cost|error|fail|duration|time|drawdown|loss)\b/i.test(head);
  switch (word) {
    case "highest":
    case "largest":
    case "most expensive":
      return true;
    case "slowest":
      return mine.base === "time" || lessIsBetter;
    case "lowest":
    case "smallest":
    case "cheapest":
      return false;
    case "fastest":
      return !lessIsBetter;
    case "worst":
    case "weakest":
      return lessIsBetter;
    default:
      return !lessIsBetter;
  }
}

function verdict(
  claim: Claim,
  { mine, figures, down }: { readonly mine: Quantity; readonly figures: readonly Quantity[]; readonly down: boolean },
): readonly Finding[] {
  const better = figures.filter((one) =>
    down ? compare(one.span.low, mine.span.high) > 0 : compare(one.span.high, mine.span.low) < 0,
  ).length;
  const equal = figures.filter((one) => compare(one.value, mine.value) === 0).length;
  const possible = figures.filter((one) =>
    down ? compare(one.value, mine.value) >= 0 : compare(one.value, mine.value) <= 0,
  ).length;
  const first = better + 1;
  const last = Math.max(possible, better + equal);
  const holds = claim.place >= first && claim.place <= last;
  const because = holds
    ? "its own table gives it this place"
    : `its own table puts it in place ${first}${last > first ? ` to ${last}` : ""} of ${figures.length}`;
  return [
    aboutPhrase(claim.sentence, claim.text, {
      outcome: holds ? "proven" : "contradicted",
      because,
      operands: [operand(mine), ...figures.slice(0, 8).map(operand)],
    }),
  ];
}
