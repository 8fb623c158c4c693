// Tables and lists of `label: figure` as rows of labels and main figures: what totals, means, ranks and limits are
// recomputed from.
import type { Outline, Quantity, Sentence } from "../model.ts";
import { shown } from "../parse/inline.ts";

export type RowKind = "data" | "total" | "mean" | "median" | "least" | "most" | "overall";

export interface GridRow {
  readonly label: string;
  readonly kind: RowKind;
  readonly line: number;
  readonly sentence: number;
  /** The one figure a cell comes to; null for none or several. */
  readonly mains: readonly (Quantity | null)[];
  readonly all: readonly (readonly Quantity[])[];
  /** Cell texts. */
  readonly texts: readonly string[];
}

export interface Grid {
  readonly kind: "table" | "list";
  readonly section: number;
  readonly line: number;
  readonly head: readonly string[];
  readonly caption: string;
  readonly rows: readonly GridRow[];
}

export function readGrids(outline: Outline, bySentence: readonly (readonly Quantity[])[]): readonly Grid[] {
  const tables = outline.tables.map((table): Grid => {
    const rows = table.rows.map((row): GridRow => {
      const own = bySentence[row.sentence] ?? [];
      const all = row.cells.map((_, column) => own.filter((one) => one.cell?.column === column));
      const mains = row.cells.map((cell, column) => mainOf(all[column] ?? [], cell.text, cell.at));
      const label = labelOf(
        row.cells.map((cell) => cell.text),
        all,
      );
      return {
        label,
        kind: kindOf(label),
        line: row.line,
        sentence: row.sentence,
        mains,
        all,
        texts: row.cells.map((cell) => shown(cell.text)),
      };
    });
    return { kind: "table", section: table.section, line: table.line, head: table.head, caption: table.caption, rows };
  });
  return [...tables, ...lists(outline.sentences, bySentence)];
}

function lists(sentences: readonly Sentence[], bySentence: readonly (readonly Quantity[])[]): readonly Grid[] {
  const groups = new Map<number, Sentence[]>();
  for (const sentence of sentences) {
    if (sentence.list === null) continue;
    const group = groups.get(sentence.list);
    if (group === undefined) groups.set(sentence.list, [sentence]);
    else group.push(sentence);
  }
  return [...groups.values()].flatMap((group) => {
    const rows = group.flatMap((sentence) => listRow(sentence, bySentence[sentence.index] ?? []));
    const [first] = group;
    if (rows.length < 2 || first === undefined) return [];
    const caption = sentences[first.index - 1];
    return [
      {
        kind: "list",
        section: first.section,
        line: first.line,
        head: ["", ""],
        caption: caption?.section === first.section ? caption.text : "",
        rows,
      },
    ];
  });
}

function listRow(sentence: Sentence, own: readonly Quantity[]): readonly GridRow[] {
  const colon = /[:=]\s|\s[–—-]\s/.exec(sentence.text);
  if (colon === null) return [];
  const label = shown(sentence.text.slice(0, colon.index))
    .replace(/^[☐☑✓✔✅✗✕❌\s]+/u, "")
    .trim();
  const after = own.filter((one) => one.at >= colon.index);
  if (label === "" || label.length > 120) return [];
  const text = sentence.text.slice(colon.index);
  return [
    {
      label,
      kind: kindOf(label),
      line: sentence.line,
      sentence: sentence.index,
      mains: [null, mainOf(after, text, colon.index)],
      all: [[], after],
      texts: [label, shown(text)],
    },
  ];
}

/** The one figure of a cell; after an arrow or an equals sign the last one. */
function mainOf(own: readonly Quantity[], text: string, from: number): Quantity | null {
  const [first, second] = own;
  if (first === undefined) return null;
  const last = own.at(-1) ?? first;
  if (second === undefined) return first;
  const before = text.slice(0, Math.max(0, last.at - from));
  return /(?:→|=|⇒|->) ?[$€£~≈-]?$/.test(before) ? last : null;
}

function labelOf(texts: readonly string[], all: readonly (readonly Quantity[])[]): string {
  const at = texts.findIndex((text, column) => /\p{L}{2,}/u.test(text) && (all[column] ?? []).length === 0);
  const first = texts[at === -1 ? 0 : at] ?? "";
  return shown(/^(?:[✓✔✅✗✕❌◐○i≈!…]|PASS|FAIL|INFO|NOT RUN| )+$/u.test(first) ? (texts[at + 1] ?? first) : first);
}

export function kindOf(label: string): RowKind {
  const low = label.trim().toLowerCase();
  if (/^(?:grand |sub)?(?:total|sum|Σ)(?:\b|$)/iu.test(low)) return "total";
  if (/^(?:mean|average|avg)\b/.test(low)) return "mean";
  if (/^median\b/.test(low)) return "median";
  if (/^(?:min|minimum|fastest|lowest)\b/.test(low)) return "least";
  if (/^(?:max|maximum|slowest|highest)\b/.test(low)) return "most";
  return /^(?:overall|all|combined)\b/.test(low) ? "overall" : "data";
}

/** The statistic a column or a sentence names; null for none. */
export function statisticIn(text: string): string | null {
  const quantile = /\bp ?(50|75|90|95|99(?:\.9)?)\b/i.exec(text)?.[1];
  if (quantile !== undefined) return `p${quantile}`;
  if (/\b(?:median)\b/i.test(text)) return "p50";
  if (/\b(?:max|maximum|largest|longest|slowest|worst|peak)\b/i.test(text)) return "max";
  if (/\b(?:min|minimum|smallest|shortest|fastest|best)\b/i.test(text)) return "min";
  if (/\b(?:mean|average|avg)\b/i.test(text)) return "mean";
  return null;
}
