// Markdown as the auditor needs it: headings, sentences, list items, tables and code, each with its line. Read line by
// line by hand: a Markdown library would give a tree without the lines of inline text, for the price of a dependency.
import type { Cell, CodeBlock, Outline, Section, Sentence, SentenceKind, Table, TableRow } from "../model.ts";
import { plainText } from "./inline.ts";
import { cutSentences } from "./sentences.ts";
import { isRule, rowCells } from "./table-lines.ts";

interface Draft {
  readonly sections: Section[];
  readonly sentences: Sentence[];
  readonly tables: Table[];
  readonly codes: CodeBlock[];
  lists: number;
}

const heading = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;
const item = /^\s*(?:[-*+•]|\d{1,9}[.)])\s+(\S.*)$/;
const fence = /^ {0,3}(```+|~~~+)\s*([^\s`]*)/;

export function readOutline(text: string): Outline {
  const draft: Draft = {
    sections: [{ index: 0, level: 0, title: "", line: 1, parent: null }],
    sentences: [],
    tables: [],
    codes: [],
    lists: 0,
  };
  const lines = text.split(/\r\n|\n|\r/);
  let at = frontMatter(draft, lines);
  while (at < lines.length) at = block(draft, lines, at);
  const { sections, sentences, tables, codes } = draft;
  return { sections, sentences, tables, codes };
}

function frontMatter(draft: Draft, lines: readonly string[]): number {
  if (lines[0]?.trim() !== "---") return 0;
  const end = lines.findIndex((line, at) => at > 0 && at < 500 && line.trim() === "---");
  if (end === -1) return 0;
  for (let at = 1; at < end; at += 1) addText(draft, "front", [lines[at] ?? ""], at + 1);
  return end + 1;
}

/** Reads the block that begins at a line and returns where the next one begins. */
function block(draft: Draft, lines: readonly string[], at: number): number {
  const line = lines[at] ?? "";
  if (line.trim() === "") return at + 1;
  const code = fence.exec(line);
  if (code !== null) return fenced(draft, lines, at, { mark: code[1] ?? "```", language: code[2] ?? "" });
  if (line.trimStart().startsWith("<!--")) return comment(lines, at);
  const title = heading.exec(line);
  if (title !== null)
    return openSection(draft, { level: (title[1] ?? "#").length, text: title[2] ?? "", line: at + 1 }, at + 1);
  if (line.includes("|") && isRule(lines[at + 1] ?? "")) return table(draft, lines, at);
  if (item.test(line)) return listItems(draft, lines, at);
  if (/^(?: {4}|\t)/.test(line) && (lines[at - 1] ?? "").trim() === "") return indented(draft, lines, at);
  return paragraph(draft, lines, at);
}

function sectionNow(draft: Draft): number {
  return draft.sections.length - 1;
}

function openSection(
  draft: Draft,
  { level, text, line }: { readonly level: number; readonly text: string; readonly line: number },
  next: number,
): number {
  const title = plainText(text.slice(0, 500).replace(/ #+ *$/, ""));
  let parent: number | null = sectionNow(draft);
  while (parent !== null && (draft.sections[parent]?.level ?? 0) >= level)
    parent = draft.sections[parent]?.parent ?? null;
  draft.sections.push({ index: draft.sections.length, level, title, line, parent });
  addText(draft, "heading", [text.replace(/ #+ *$/, "")], line);
  return next;
}

function comment(lines: readonly string[], at: number): number {
  let end = at;
  while (end < lines.length && !(lines[end] ?? "").includes("-->")) end += 1;
  return end + 1;
}

function fenced(
  draft: Draft,
  lines: readonly string[],
  at: number,
  { mark, language }: { readonly mark: string; readonly language: string },
): number {
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? "").trimStart().startsWith(mark)) end += 1;
  addCode(draft, { line: at + 2, language, lines: lines.slice(at + 1, end) });
  return end + 1;
}

function indented(draft: Draft, lines: readonly string[], at: number): number {
  let end = at;
  while (end < lines.length && /^(?: {4}|\t)/.test(lines[end] ?? "")) end += 1;
  addCode(draft, { line: at + 1, language: "", lines: lines.slice(at, end) });
  return end;
}

function addCode(draft: Draft, code: Pick<CodeBlock, "line" | "language" | "lines">): void {
  draft.codes.push({ ...code, section: sectionNow(draft), after: draft.sentences.length });
}

function table(draft: Draft, lines: readonly string[], at: number): number {
  const index = draft.tables.length;
  const head = rowCells(lines[at] ?? "").map(plainText);
  const caption = draft.sentences.at(-1)?.section === sectionNow(draft) ? (draft.sentences.at(-1)?.text ?? "") : "";
  const rows: TableRow[] = [];
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? "").includes("|") && (lines[end] ?? "").trim() !== "") {
    rows.push(tableRow(draft, lines[end] ?? "", { line: end + 1, table: index }));
    end += 1;
  }
  draft.tables.push({ index, line: at + 1, section: sectionNow(draft), head, rows, caption });
  return end;
}

function tableRow(draft: Draft, line: string, place: { readonly line: number; readonly table: number }): TableRow {
  const cells: Cell[] = [];
  let text = "";
  for (const cell of rowCells(line).map(plainText)) {
    if (cells.length > 0) text += " | ";
    cells.push({ text: cell, at: text.length });
    text += cell;
  }
  const sentence = push(draft, {
    kind: "row",
    text,
    line: place.line,
    breaks: [],
    list: null,
    depth: 0,
    table: place.table,
  });
  return { cells, line: place.line, sentence };
}

function listItems(draft: Draft, lines: readonly string[], at: number): number {
  const list = draft.lists;
  draft.lists += 1;
  let end = at;
  while (end < lines.length) {
    const found = item.exec(lines[end] ?? "");
    if (found === null) break;
    const begin = end;
    const own = [found[1] ?? ""];
    end += 1;
    while (end < lines.length && /^\s{2,}\S/.test(lines[end] ?? "") && !starts(lines[end] ?? "")) {
      own.push(lines[end] ?? "");
      end += 1;
    }
    addText(draft, "item", own, begin + 1, { list, depth: (lines[begin] ?? "").search(/\S/) });
    if ((lines[end] ?? "").trim() === "" && item.test(lines[end + 1] ?? "")) end += 1;
  }
  return end;
}

function starts(line: string): boolean {
  return item.test(line) || fence.test(line.trimStart()) || heading.test(line) || line.trimStart().startsWith("|");
}

function paragraph(draft: Draft, lines: readonly string[], at: number): number {
  const own = [(lines[at] ?? "").replace(/^\s*(?:>\s?)+/, "")];
  let end = at + 1;
  while (end < lines.length && continues(lines, end)) {
    own.push((lines[end] ?? "").replace(/^\s*(?:>\s?)+/, ""));
    end += 1;
  }
  if (/^ {0,3}(?:=+|-+)\s*$/.test(lines[end] ?? "") && own.length === 1) {
    const level = (lines[end] ?? "").includes("=") ? 1 : 2;
    return openSection(draft, { level, text: own[0] ?? "", line: at + 1 }, end + 1);
  }
  addText(draft, "prose", own, at + 1);
  return end;
}

function continues(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  if (line.trim() === "" || starts(line) || /^ {0,3}(?:=+|-+)\s*$/.test(line)) return false;
  return !(line.includes("|") && isRule(lines[at + 1] ?? ""));
}

/** Lines of one block as sentences; a hard break at a line's end parts sentences too. */
function addText(
  draft: Draft,
  kind: SentenceKind,
  lines: readonly string[],
  line: number,
  { list, depth }: { readonly list: number | null; readonly depth: number } = { list: null, depth: 0 },
): void {
  let text = "";
  const starts: number[] = [];
  for (const one of lines) {
    const plain = plainText(one.replace(/^\[[ xX]\]\s+/, (box) => (box.includes(" ]") ? "☐ " : "☑ ")));
    if (text !== "") text += " ";
    starts.push(text.length);
    text += plain;
  }
  const tick = tickOf(text);
  let first = 0;
  for (const piece of cutSentences(text)) {
    while (first + 1 < starts.length && (starts[first + 1] ?? 0) <= piece.at) first += 1;
    const breaks: number[] = [];
    for (let next = first + 1; next < starts.length; next += 1) {
      const offset = (starts[next] ?? 0) - piece.at;
      if (offset >= piece.text.length) break;
      breaks.push(offset);
    }
    push(draft, { kind, text: piece.text, line: line + first, breaks, list, depth, table: null, tick });
  }
}

function push(
  draft: Draft,
  part: Omit<Sentence, "index" | "section" | "tick"> & { readonly tick?: Sentence["tick"] },
): number {
  const index = draft.sentences.length;
  draft.sentences.push({ tick: tickOf(part.text), ...part, index, section: sectionNow(draft) });
  return index;
}

function tickOf(text: string): Sentence["tick"] {
  if (/[☐✗✕✘❌✖]/u.test(text)) return "no";
  return /[☑✓✔✅]/u.test(text) ? "yes" : null;
}
