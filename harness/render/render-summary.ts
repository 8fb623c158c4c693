// summary.md: the job summary of a pipeline. The verdict comes first, then what is worst; a summary above 1,024 KiB would be
// dropped whole, so this one ends earlier and says that it was cut. Law: measurement §12.
import { checkDocument } from "./check-document.ts";
import { gateCases, worstFirst, type GateCase } from "./outcome.ts";
import { pages } from "./pages.ts";
import type { RunDocument } from "./run-document.ts";
import { countMark, limitText, quantityName, valueText } from "./text/claim-marks.ts";
import { claimSentence } from "./text/claim-sentence.ts";
import { markdownText } from "./text/markdown-text.ts";
import { id, quoted, worded, type Text } from "./text/text.ts";
import { firstScreen } from "./view/first-screen.ts";
import { claimWords } from "./words.ts";

export const longestSummary = 900 * 1_024;
const cutLine = "**This summary was cut here: it had reached its longest. The whole is in report.md.**\n";

/** Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderSummary(doc: RunDocument): string {
  checkDocument(doc);
  return cut(linesOf(doc));
}

function linesOf(doc: RunDocument): readonly string[] {
  const first = firstScreen(doc, "report");
  const cases = worstFirst(gateCases(doc));
  const open = cases.filter((test) => test.outcome !== "PASS");
  const tally = first.tally.map(({ glyph, label, count }) => `${glyph} ${markdownText(count)} ${label}`);
  return [
    `# ${first.glyph} ${first.verdict}`,
    "",
    say(first.lineOne),
    "",
    `${first.meaning} ${tally.length === 0 ? "Nothing was claimed." : `${tally.join(", ")}.`}`,
    "",
    ...bullets(
      "Conditions",
      doc.conditions.map((condition): Text => [quoted(condition)]),
    ),
    ...bullets("Not tested, and why", first.notTested),
    ...bullets(
      "What is open, worst first",
      open.map(({ claim }) => claimSentence(claim, doc.claims)),
    ),
    "| Result | Claim | Quantity | Bound | Limit | Samples | Over |",
    "|---|---|---|--:|--:|--:|--:|",
    ...cases.map(rowOf),
    "",
    `Whole reports: ${pages.map(({ file }) => say([id(`${file}.html`)])).join(", ")}. Recompute every figure: ${say([id("e2b-swarm verify <folder>")])}.`,
  ];
}

function rowOf({ claim, planned, outcome }: GateCase): string {
  const { glyph, label } = claimWords[outcome];
  const cells: readonly Text[] = [
    [`${glyph} ${label}`],
    [worded(planned.sentence), " ", id(claim.id), ` ${planned.need}`],
    [quantityName(claim)],
    valueText(claim),
    limitText(claim),
    [countMark(claim, "n")],
    [countMark(claim, "over")],
  ];
  return `| ${cells.map(say).join(" | ")} |`;
}

function bullets(title: string, items: readonly Text[]): readonly string[] {
  return items.length === 0 ? [] : [`## ${title}`, "", ...items.map((item) => `- ${say(item)}`), ""];
}

function say(text: Text): string {
  return markdownText(text);
}

/** Whole lines up to the longest, then the sentence that says so. */
function cut(lines: readonly string[]): string {
  let size = 0;
  const room = longestSummary - Buffer.byteLength(cutLine) - 1;
  const kept: string[] = [];
  for (const line of lines) {
    size += Buffer.byteLength(line) + 1;
    if (size > room) return `${kept.join("\n")}\n\n${cutLine}`;
    kept.push(line);
  }
  return `${kept.join("\n")}\n`;
}
