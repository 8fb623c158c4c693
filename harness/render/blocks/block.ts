// What the pages after the first are made of: sections of blocks, printed by one template as HTML and by another as Markdown.
// A block holds exactly one thing; the lists let a logic-free template see which.
import { claimWords } from "../words.ts";
import type { ClaimVerdict } from "../../claims/types.ts";
import { worded, type Text } from "../text/text.ts";

export interface Cell {
  readonly text: Text;
  /** Verdict tone, or empty. */
  readonly tone: string;
  readonly kind: "text" | "number" | "head";
}

interface Column {
  readonly name: string;
  readonly number: boolean;
}

export interface TableBlock {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly cells: readonly Cell[] }[];
  /** Said instead of rows that do not exist. */
  readonly empty: string;
}

export interface Block {
  readonly parts: readonly Text[];
  readonly notes: readonly Text[];
  readonly tables: readonly TableBlock[];
  readonly lists: readonly { readonly items: readonly Text[] }[];
  readonly figures: readonly { readonly drawing: string; readonly words: Text }[];
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

const nothing: Block = { parts: [], notes: [], tables: [], lists: [], figures: [] };

export const part = (title: string): Block => ({ ...nothing, parts: [[worded(title)]] });
export const note = (...text: Text): Block => ({ ...nothing, notes: [text] });
export const list = (items: readonly Text[]): Block => ({ ...nothing, lists: [{ items }] });
/** A drawing and the same in words; without a drawing only the words stand. */
export const figure = (drawing: string, words: Text): Block =>
  drawing === "" ? { ...nothing, notes: [words] } : { ...nothing, figures: [{ drawing, words }] };

/** Column names; those that begin with `#` hold figures and stand right. */
export function table(
  label: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  empty: string,
): Block {
  const named = columns.map((name) => ({ name: name.replace(/^#/, ""), number: name.startsWith("#") }));
  // A landmark needs a name of its own, and a section may be called like its table.
  return {
    ...nothing,
    tables: [{ label: `${label}, table`, columns: named, rows: rows.map((cells) => ({ cells })), empty }],
  };
}

export const text = (...pieces: Text): Cell => ({ text: pieces, tone: "", kind: "text" });
export const head = (...pieces: Text): Cell => ({ text: pieces, tone: "", kind: "head" });
export const number = (...pieces: Text): Cell => ({ text: pieces, tone: "", kind: "number" });

/** "✓ PASS" in its tone. */
export function verdictCell(verdict: ClaimVerdict): Cell {
  const { glyph, label, tone } = claimWords[verdict];
  return { text: [`${glyph} ${label}`], tone, kind: "text" };
}

/** A state in words with a sign, so that colour only helps. */
export function stateCell(state: "good" | "bad" | "open", words: string): Cell {
  const glyphs = { good: "✓", bad: "✕", open: "○" } as const;
  return { text: [`${glyphs[state]} ${words}`], tone: state, kind: "text" };
}
