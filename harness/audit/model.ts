// What one report is made of for the auditor: sentences with their place, tables, code, and the numbers found in them.
// Everything is derived from the text once, in reading order, and never changed afterwards.
import type { Ratio } from "./numbers/ratio.ts";
import type { Span } from "./numbers/span.ts";
import type { Base } from "./numbers/units.ts";

export interface Section {
  readonly index: number;
  readonly level: number;
  readonly title: string;
  readonly line: number;
  /** Index of the section it stands in; null at the top. */
  readonly parent: number | null;
}

export type SentenceKind = "prose" | "item" | "heading" | "row" | "front";

export interface Sentence {
  readonly index: number;
  readonly kind: SentenceKind;
  /** Without marks of Markdown; code spans stand between `\uE000` and `\uE001`. */
  readonly text: string;
  /** 1-based line of its first character; `breaks` are the offsets at which a further line begins. */
  readonly line: number;
  readonly breaks: readonly number[];
  readonly section: number;
  /** The list or table it belongs to; null in prose. */
  readonly list: number | null;
  readonly table: number | null;
  /** Columns before the mark of a list item. */
  readonly depth: number;
  readonly tick: "yes" | "no" | null;
}

export interface Cell {
  readonly text: string;
  /** Where its text begins in the sentence of its row. */
  readonly at: number;
}

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly line: number;
  /** Index of the sentence that joins its cells. */
  readonly sentence: number;
}

export interface Table {
  readonly index: number;
  readonly line: number;
  readonly section: number;
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
  /** What stands just above it, for units and limits named there. */
  readonly caption: string;
}

export interface CodeBlock {
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  readonly section: number;
  /** Sentences read before it; the last one introduces it. */
  readonly after: number;
}

export interface Outline {
  readonly sections: readonly Section[];
  readonly sentences: readonly Sentence[];
  readonly tables: readonly Table[];
  readonly codes: readonly CodeBlock[];
}

export interface Quantity {
  readonly index: number;
  readonly sentence: number;
  readonly line: number;
  /** Offsets in the sentence. */
  readonly at: number;
  readonly end: number;
  /** As printed, with sign and unit. */
  readonly text: string;
  /** In seconds, bytes, parts of one, dollars, or as it stands. */
  readonly value: Ratio;
  /** Worth of a printed one: 1/1000 for ms. */
  readonly scale: Ratio;
  /** What the digits may stand for; a whole count stands for itself. */
  readonly span: Span;
  /** One unit of the last printed digit; zero for whole counts. */
  readonly digit: Ratio;
  /** Decimal digits as printed, without separators. */
  readonly digits: string;
  readonly base: Base;
  readonly unit: string;
  /** `/s`, `/day`, `/sandbox-hour`; empty for no rate. */
  readonly per: string;
  /** What is counted, in the singular; empty when a unit says it. */
  readonly noun: string;
  /** Printed before it: a limit or a bound. */
  readonly bound: "<" | "<=" | ">" | ">=" | null;
  readonly approximate: boolean;
  /** `3–4 s`: printed as a range. */
  readonly range: boolean;
  readonly cell: { readonly table: number; readonly row: number; readonly column: number } | null;
  /** Why no claim is made by it; null for a claim. */
  readonly unclaimed: string | null;
}

/** Text with a digit that states no quantity: a date, a version, an id. */
export interface Unclaimed {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** A moment that the report prints. */
export interface Stamp {
  readonly line: number;
  readonly sentence: number | null;
  readonly at: number;
  readonly text: string;
  /** Seconds: since 1970 for dates, since midnight for clock times, since the start for offsets. */
  readonly seconds: Ratio;
  readonly digit: Ratio;
  readonly kind: "date" | "moment" | "clock" | "offset";
  /** The text of its line without the stamp. */
  readonly label: string;
  readonly section: number;
}

export interface Report extends Outline {
  readonly quantities: readonly Quantity[];
  readonly bySentence: readonly (readonly Quantity[])[];
  readonly unclaimed: readonly Unclaimed[];
  readonly stamps: readonly Stamp[];
}

export type Outcome = "proven" | "contradicted" | "unsupported";

/** What a lint says about one number or one phrase of the report. */
export interface Finding {
  readonly outcome: Outcome;
  /** Null when the claim is made in words. */
  readonly quantity: Quantity | null;
  readonly line: number;
  readonly text: string;
  readonly sentence: string;
  /** Why, with the operands named. */
  readonly because: string;
  readonly operands: readonly string[];
}
