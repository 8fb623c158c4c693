// The page: one file, no script, no request, readable on a phone, in the dark and on paper.
import Handlebars from "handlebars";
import { checkDocument } from "./check-document.ts";
import type { RunDocument } from "./run-document.ts";
import { compileReport, readTemplate } from "./templates.ts";
import { escapeMarkup, htmlText } from "./text/html-text.ts";
import { plainText, type Text } from "./text/text.ts";
import { complete } from "./view/complete.ts";
import { reportView } from "./view/report-view.ts";

const safe = (markup: string): Handlebars.SafeString => new Handlebars.SafeString(markup);
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Helpers of every page. Markup that needs a figure (heading levels, the focusable region) is made here, so that templates need none. */
export const pageHelpers = {
  say: (text: Text | string) => safe(typeof text === "string" ? escapeMarkup(text) : htmlText(text)),
  drawing: (markup: string) => safe(markup),
  head: (title: Text | string) => safe(head(typeof title === "string" ? title : plainText(title))),
  heading(this: unknown, options: Handlebars.HelperOptions) {
    return safe(`<h1>${options.fn(this)}</h1>`);
  },
  groupHead: (label: string) => safe(`<th colspan="9" scope="rowgroup">${escapeMarkup(label)}</th>`),
  part(this: unknown, options: Handlebars.HelperOptions) {
    return safe(`<h3>${options.fn(this)}</h3>`);
  },
  section(this: unknown, label: string, id: string, options: Handlebars.HelperOptions) {
    const [name, key] = [escapeMarkup(label), escapeMarkup(id)];
    return safe(`<section aria-labelledby="${key}"><h2 id="${key}">${name}</h2>${options.fn(this)}</section>`);
  },
  scroll(this: unknown, label: string, options: Handlebars.HelperOptions) {
    return safe(
      `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(label)}">${options.fn(this)}</div>`,
    );
  },
};

const partials = ["first-screen", "claims", "checks", "latency", "cost", "swarm", "closing"];
let compiled: ((view: object) => string) | undefined;

/** `report.html` of a finished run. Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderHtml(doc: RunDocument): string {
  checkDocument(doc);
  compiled ??= compileReport("report.html.hbs", { helpers: pageHelpers, partials, escape: true, ending: "html.hbs" });
  return compiled(complete(reportView(doc)));
}

function head(title: string): string {
  return [
    `<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${minify(readTemplate("report.css"))}</style>`,
  ].join("\n");
}

function minify(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/\s*([{};,])\s*/g, "$1")
    .trim();
}
