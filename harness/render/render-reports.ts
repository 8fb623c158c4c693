// All reports of a run from one document, so that they cannot disagree.
import { renderBadgeJson, renderBadgeSvg } from "./render-badge.ts";
import { renderCtrf } from "./render-ctrf.ts";
import { renderHtml, renderHtmlPage } from "./render-html.ts";
import { renderJunit } from "./render-junit.ts";
import { renderMarkdown, renderMarkdownPage } from "./render-markdown.ts";
import { renderResults } from "./render-results.ts";
import { renderSarif } from "./render-sarif.ts";
import { renderSummary } from "./render-summary.ts";
import type { RunDocument } from "./run-document.ts";

/**
 * File name to contents. Pure: equal documents give equal bytes. Throws on a document with holes or a flattering verdict.
 * With `nowMs` the badge of a run that has expired is grey; a run that writes its own reports leaves it out.
 */
export function renderReports(doc: RunDocument, nowMs: number | null = null) {
  return {
    "report.html": renderHtml(doc),
    "report.md": renderMarkdown(doc),
    "certification.html": renderHtmlPage(doc, "certification"),
    "certification.md": renderMarkdownPage(doc, "certification"),
    "performance.html": renderHtmlPage(doc, "performance"),
    "performance.md": renderMarkdownPage(doc, "performance"),
    "swarm.html": renderHtmlPage(doc, "swarm"),
    "swarm.md": renderMarkdownPage(doc, "swarm"),
    "junit.xml": renderJunit(doc),
    "ctrf.json": renderCtrf(doc),
    "results.sarif": renderSarif(doc),
    "summary.md": renderSummary(doc),
    "results.json": renderResults(doc),
    "badge.json": renderBadgeJson(doc, nowMs),
    "badge.svg": renderBadgeSvg(doc, nowMs),
  } as const satisfies Readonly<Record<string, string>>;
}
