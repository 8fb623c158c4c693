// The same report for terminals and pull requests. Every figure of a claim stands once more, raw, in the last table.
import { checkDocument } from "./check-document.ts";
import type { RunDocument } from "./run-document.ts";
import { compileReport } from "./templates.ts";
import { markdownText } from "./text/markdown-text.ts";
import type { Text } from "./text/text.ts";
import { complete } from "./view/complete.ts";
import { rawRows } from "./view/raw-rows.ts";
import { reportView } from "./view/report-view.ts";

const helpers = { say: (text: Text) => markdownText(text) };
let compiled: ((view: object) => string) | undefined;

/** `report.md` of a finished run. Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderMarkdown(doc: RunDocument): string {
  checkDocument(doc);
  compiled ??= compileReport("report.md.hbs", { helpers, partials: [], escape: false, ending: "md.hbs" });
  const text = compiled(complete({ ...reportView(doc), raw: rawRows(doc) }));
  return `${text.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}
