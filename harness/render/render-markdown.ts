// The same reports for terminals and pull requests. Every figure of a claim stands once more, raw, in the last table.
import { checkDocument } from "./check-document.ts";
import type { RunDocument } from "./run-document.ts";
import { compileReport } from "./templates.ts";
import { markdownText } from "./text/markdown-text.ts";
import type { Text } from "./text/text.ts";
import { complete } from "./view/complete.ts";
import { pageView, type SectionPage } from "./view/page-view.ts";
import { rawRows } from "./view/raw-rows.ts";
import { reportView } from "./view/report-view.ts";

const press = {
  helpers: { say: (text: Text) => markdownText(text) },
  partials: ["first-screen", "blocks", "closing"],
  escape: false,
  ending: "md.hbs",
};
let report: ((view: object) => string) | undefined;
let page: ((view: object) => string) | undefined;

/** `report.md` of a finished run. Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderMarkdown(doc: RunDocument): string {
  checkDocument(doc);
  report ??= compileReport("report.md.hbs", press);
  return tidy(report(complete({ ...reportView(doc), raw: rawRows(doc) })));
}

/** One of the other pages. Pure; throws on a document with holes. */
export function renderMarkdownPage(doc: RunDocument, name: SectionPage): string {
  checkDocument(doc);
  page ??= compileReport("page.md.hbs", press);
  return tidy(page(complete({ ...pageView(doc, name), raw: rawRows(doc) })));
}

function tidy(text: string): string {
  return `${text.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}
