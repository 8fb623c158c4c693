// Marked text to Markdown. Recorded text cannot open a table cell, a link, a heading, a tag or a code span.
import { formatTime, type Mark, type Text } from "./text.ts";

function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n\t\u2028\u2029]+/g, " ")
    .replace(/[\\`*_[\]<>|#~&!]/g, (char) => `\\${char}`)
    .replace(/\\</g, "&lt;")
    .replace(/\\>/g, "&gt;")
    .replace(/\\&/g, "&amp;");
}

export function markdownText(text: Text): string {
  return text.map((piece) => (typeof piece === "string" ? piece : markdownMark(piece))).join("");
}

function markdownMark(mark: Mark): string {
  switch (mark.kind) {
    case "claim":
    case "fact":
    case "quoted":
      return escapeMarkdown(mark.text);
    case "id":
      return codeSpan(mark.text);
    case "time":
      return formatTime(mark.iso);
    case "strong":
      return `**${mark.text}**`;
  }
}

/** A code span whose fence is longer than any run of backticks inside; pipes are kept out of tables. */
function codeSpan(text: string): string {
  const flat = text.replace(/[\r\n\t]+/g, " ").replace(/\|/g, "¦");
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`;
}
