// The page: one file, no script, no request, readable on a phone, in the dark and on paper.
import Handlebars from "handlebars";
import type { Cell, TableBlock } from "./blocks/block.ts";
import { checkDocument } from "./check-document.ts";
import type { RunDocument } from "./run-document.ts";
import { compileReport, readTemplate } from "./templates.ts";
import { escapeMarkup, htmlText } from "./text/html-text.ts";
import { plainText, type Text } from "./text/text.ts";
import { complete } from "./view/complete.ts";
import { pageView, type SectionPage } from "./view/page-view.ts";
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
  /** A small heading right below the title. */
  aside(this: unknown, options: Handlebars.HelperOptions) {
    return safe(`<h2 class="small">${options.fn(this)}</h2>`);
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

const blockHelpers = {
  ...pageHelpers,
  cell: ({ text, tone, kind }: Cell) => {
    const [name, more] = kind === "head" ? ["th", ' scope="row"'] : ["td", ""];
    const classes = [kind === "number" ? "num" : "", tone].filter((part) => part !== "").join(" ");
    return safe(`<${name}${more}${classes === "" ? "" : ` class="${classes}"`}>${htmlText(text)}</${name}>`);
  },
  columnHead: ({ name, number }: TableBlock["columns"][number]) =>
    safe(`<th scope="col"${number ? ' class="num"' : ""}>${escapeMarkup(name)}</th>`),
};

const partials = ["first-screen", "claims", "checks", "latency", "cost", "swarm", "closing", "blocks", "limits"];
const press = { helpers: blockHelpers, escape: true, ending: "html.hbs" };
let report: ((view: object) => string) | undefined;
let page: ((view: object) => string) | undefined;

/** `report.html` of a finished run. Pure: equal documents give equal bytes. Throws on a document with holes. */
export function renderHtml(doc: RunDocument): string {
  checkDocument(doc);
  report ??= compileReport("report.html.hbs", { ...press, partials });
  return report(complete(reportView(doc)));
}

/** One of the other pages. Pure; throws on a document with holes. */
export function renderHtmlPage(doc: RunDocument, name: SectionPage): string {
  checkDocument(doc);
  page ??= compileReport("page.html.hbs", { ...press, partials: ["first-screen", "blocks", "limits"] });
  return page(complete(pageView(doc, name)));
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
