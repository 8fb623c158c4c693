// What a page may not do to its reader: figures outside every claim, fact and quotation, numerals that only look like ours, text
// that is hidden or invisible, styles that print or hide figures, anything fetched. Law: measurement §10 step 5 and §11.
import type { Notebook } from "./facts.ts";
import { ownWords } from "./own-words.ts";

/** Zero width, direction marks, soft hyphens: they change what a figure is without showing it. */
const unseen = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/u;
const number = /(?<![\p{L}\p{N}_.,-])[0-9][0-9,]*(?:\.[0-9]+)?/gu;

/** Rules for every report in text form. */
export function checkText(name: string, text: string, notes: Notebook): void {
  const odd = name.endsWith(".json") ? undefined : oddNumeral(text);
  if (odd !== undefined) {
    const code = (odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const problem = `it holds the numeral U+${code}, which reads as a figure and is none of ours`;
    notes.blame(name, problem, { place: "digits" });
  }
  if (unseen.test(text)) notes.blame(name, "it holds characters that a reader does not see", { place: "text" });
}

/** Decimal digits of other scripts anywhere; superscripts, fractions and the like below the CJK words, where they are words. */
function oddNumeral(text: string): string | undefined {
  return text.match(/(?=[^0-9])\p{Nd}|(?=[^0-9])[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2bff](?<=\p{N})/u)?.[0];
}

const forbidden = /<(script|iframe|object|embed|link|base|form|template|noscript)\b/i;
const labels = /^(?:aria-label|title|alt|placeholder)$/;
const loaders = /^(?:src|srcset|data|poster|xlink:href)$/;

/** `recorded` is the text that quotations may be taken from. */
export function checkPage(name: string, html: string, recorded: string, notes: Notebook): void {
  const blame = (problem: string): void => notes.blame(name, problem, { place: "page" });
  for (const [, style = ""] of html.matchAll(/<style\b[^>]*>([^]*?)<\/style>/gi)) checkStyle(name, style, notes);
  const body = html.replace(/<style\b[^>]*>[^]*?<\/style>/gi, " ");
  const alien = forbidden.exec(body)?.[1];
  if (alien !== undefined) blame(`it holds <${alien}>`);
  if (body.includes("<!--")) blame("it holds a comment");
  for (const [tag] of body.matchAll(/<[a-z][^<>]*>/gi)) checkTag(tag, blame);
  const quotes = /<(span class="quoted"|code|time\b[^>]*)>([^<]*)<\//g;
  for (const [, , quoted = ""] of body.matchAll(quotes)) {
    const lost = numbersIn(plain(quoted)).find((token) => !recorded.includes(token));
    if (lost !== undefined) notes.blame(name, `it quotes ${lost}, which no record holds`, { place: "quoted" });
  }
  const bare = body
    .replace(/<data\b[^>]*>[^<]*<\/data>/g, " ")
    .replace(quotes, "</")
    .replace(/<svg class="chart[^]*?<\/svg>/g, " ")
    .replace(/<[^>]*>/g, "\n");
  for (const line of bare.split("\n")) {
    if (holdsFigure(plain(line))) blame(`a figure stands outside every claim: ${line.trim().slice(0, 60)}`);
  }
}

function checkTag(tag: string, blame: (problem: string) => void): void {
  const named = /^<([a-z0-9]+)/i.exec(tag)?.[1] ?? "";
  const seen = new Set<string>();
  for (const [, key = "", quoted, single, open] of tag.matchAll(
    /\s([a-zA-Z:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g,
  )) {
    const field = key.toLowerCase();
    const value = quoted ?? single ?? open ?? "";
    if (seen.has(field)) blame(`<${named}> names an attribute twice`);
    seen.add(field);
    if (/^on|^(?:hidden|style|srcdoc)$/.test(field)) {
      blame(`<${named}> has ${field}: a reader does not see what the page says`);
    }
    if (loaders.test(field) && !/^(?:data:|#)/.test(value)) blame(`<${named}> loads something from elsewhere`);
    if (labels.test(field) && holdsFigure(plain(value))) {
      blame(`a label holds a figure that is no claim: ${value.slice(0, 60)}`);
    }
  }
}

function checkStyle(name: string, style: string, notes: Notebook): void {
  const prints = /content\s*:[^;}]*(?:[0-9]|\\)/.test(style);
  const loads = /@import|url\(\s*['"]?(?!data:|#)/.test(style);
  if (prints || loads) notes.blame(name, "its style prints figures or loads something", { place: "style" });
  for (const [, selector = "", rules = ""] of style.matchAll(/([^{}]*)\{([^{}]*)\}/g)) {
    const figures = /(?:^|[\s,>+~])(?:data|td|\.claim|\.fact|\*|body|main|table|tbody|tr)(?:[\s,.:[>]|$)/;
    const hides =
      /display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?![.\d])|color\s*:\s*transparent/;
    if (!figures.test(selector.trim()) || !hides.test(rules)) continue;
    notes.blame(name, "its style hides figures", { place: "style" });
    return;
  }
}

function holdsFigure(text: string): boolean {
  return /\p{N}/u.test(text.replace(ownWords, " "));
}

export function plain(text: string): string {
  return text
    .replaceAll("&nbsp;", " ")
    .replaceAll("\u00a0", " ")
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) =>
      String.fromCodePoint(Math.min(0x10ffff, parseInt(digits, hex === "" ? 10 : 16))),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

export function numbersIn(text: string): readonly string[] {
  return text.match(number) ?? [];
}

/** Every figure that a reader of the page sees. */
export function tokensOf(html: string): ReadonlySet<string> {
  const visible = html
    .replace(/<style\b[^>]*>[^]*?<\/style>/gi, " ")
    .replace(/<title>[^<]*<\/title>/, " ")
    .replace(/<[^>]*>/g, "\n");
  return new Set(numbersIn(plain(visible)));
}
