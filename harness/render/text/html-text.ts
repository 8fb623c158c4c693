// Marked text to HTML. Everything that came from a run is escaped here and nowhere else; the apostrophe stays itself,
// which is safe in text and in double-quoted attributes, so that sentences can be searched for as they read.
import { formatTime, type Mark, type Text } from "./text.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// Characters that are not allowed in HTML or XML text, and the controls that turn the reading direction.
const unprintable =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function escapeMarkup(text: string): string {
  return text.replace(unprintable, "\ufffd").replace(/[&<>"]/g, (char) => entities[char] ?? char);
}

export function htmlText(text: Text): string {
  return text.map((piece) => (typeof piece === "string" ? escapeMarkup(piece) : htmlMark(piece))).join("");
}

function htmlMark(mark: Mark): string {
  switch (mark.kind) {
    case "claim":
      return (
        `<data class="claim" value="${mark.raw}" data-claim="${escapeMarkup(mark.claim.id)}" data-field="${mark.field}" ` +
        `data-provenance="${mark.claim.provenance}" data-target="${mark.claim.target}">${escapeMarkup(mark.text)}</data>`
      );
    case "fact":
      return `<data class="fact" value="${escapeMarkup(String(mark.raw))}" data-fact="${escapeMarkup(mark.fact)}">${escapeMarkup(mark.text)}</data>`;
    case "quoted":
      return `<span class="quoted">${escapeMarkup(mark.text)}</span>`;
    case "id":
      return `<code>${escapeMarkup(mark.text)}</code>`;
    case "time":
      return `<time datetime="${escapeMarkup(mark.iso)}">${escapeMarkup(formatTime(mark.iso))}</time>`;
    case "strong":
      return `<strong>${escapeMarkup(mark.text)}</strong>`;
  }
}
