// One report read once: outline, figures, moments and grids. Everything after this is a question asked of it.
import type { Quantity, Report, Section, Sentence, Stamp } from "../model.ts";
import { readOutline } from "../parse/outline.ts";
import { subject } from "../words.ts";
import { readGrids, type Grid } from "./grids.ts";
import { extractQuantities } from "./quantities.ts";
import { extractStamps } from "./stamps.ts";

export interface ReadReport extends Report {
  readonly grids: readonly Grid[];
  readonly tooMany: boolean;
  readonly stampsIn: (sentence: number) => readonly Stamp[];
  readonly sentenceOf: (quantity: Quantity) => Sentence;
  readonly sectionOf: (sentence: Sentence) => Section;
  /** Stems of the headings above a section. */
  readonly titles: (section: number) => readonly string[];
}

const nowhere: Sentence = {
  index: -1,
  kind: "prose",
  text: "",
  line: 0,
  breaks: [],
  section: 0,
  list: null,
  table: null,
  depth: 0,
  tick: null,
};
const top: Section = { index: 0, level: 0, title: "", line: 1, parent: null };

export function readReport(text: string): ReadReport {
  const outline = readOutline(text);
  const extracted = extractQuantities(outline);
  const titles = outline.sections.map((section) => subject(section.title));
  const stamps = extracted.tooMany ? [] : extractStamps(outline);
  const bySentence = new Map<number, Stamp[]>();
  for (const stamp of stamps) {
    if (stamp.sentence === null) continue;
    const own = bySentence.get(stamp.sentence);
    if (own === undefined) bySentence.set(stamp.sentence, [stamp]);
    else own.push(stamp);
  }
  return {
    ...outline,
    ...extracted,
    stamps,
    stampsIn: (sentence) => bySentence.get(sentence) ?? [],
    grids: extracted.tooMany ? [] : readGrids(outline, extracted.bySentence),
    sentenceOf: (quantity) => outline.sentences[quantity.sentence] ?? nowhere,
    sectionOf: (sentence) => outline.sections[sentence.section] ?? top,
    titles: (section) => {
      const found: string[] = [];
      let at: number | null = section;
      while (at !== null) {
        found.push(...(titles[at] ?? []));
        at = outline.sections[at]?.parent ?? null;
      }
      return found;
    },
  };
}

const summaries =
  /\b(?:summary|overview|conclusion|abstract|highlights?|key|results?|findings|status|certification|sign-off|verdict|introduction|readiness|recommendations?)\b/i;

/** Two places speak about the same thing: one section, one above the other, or one of them sums the report up. */
export function sameScope(report: ReadReport, a: number, b: number): boolean {
  if (a === b || above(report, a, b) || above(report, b, a)) return true;
  return [a, b].some(
    (one) => summaries.test(report.sections[one]?.title ?? "") || (report.sections[one]?.level ?? 0) <= 1,
  );
}

function above(report: ReadReport, a: number, b: number): boolean {
  let at: number | null = b;
  while (at !== null) {
    if (at === a) return true;
    at = report.sections[at]?.parent ?? null;
  }
  return false;
}
