// All reports of a run from one document, so that they cannot disagree.
import { renderHtml } from "./render-html.ts";
import { renderJunit } from "./render-junit.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { renderResults } from "./render-results.ts";
import type { RunDocument } from "./run-document.ts";

export interface Reports {
  readonly "report.html": string;
  readonly "report.md": string;
  readonly "junit.xml": string;
  readonly "results.json": string;
}

/** File name to contents. Pure: equal documents give equal bytes. Throws on a document with holes or a flattering verdict. */
export function renderReports(doc: RunDocument): Reports {
  return {
    "report.html": renderHtml(doc),
    "report.md": renderMarkdown(doc),
    "junit.xml": renderJunit(doc),
    "results.json": renderResults(doc),
  };
}
