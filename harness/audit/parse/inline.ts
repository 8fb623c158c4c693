// Markdown marks inside a line taken away. Every pattern stops at the first character of the next mark, so a line of a
// million brackets costs one pass. Code spans stay, between two private marks: their digits are names unless they are figures.
export const codeOpen = "\uE000";
export const codeClose = "\uE001";

const entities: Readonly<Record<string, string>> = {
  "&nbsp;": " ",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&times;": "×",
  "&le;": "≤",
  "&ge;": "≥",
};

export function plainText(line: string): string {
  const parts = line.replaceAll(codeOpen, "").replaceAll(codeClose, "").split("`");
  // An odd number of marks leaves the last one a plain character.
  const closed = parts.length % 2 === 1;
  return parts
    .map((part, at) => {
      if (at % 2 === 1 && (closed || at < parts.length - 1)) return `${codeOpen}${part}${codeClose}`;
      return plainPart(part);
    })
    .join("")
    .replaceAll(/[ \t\u00a0\u2009\u202f]+/g, " ")
    .trim();
}

function plainPart(text: string): string {
  return text
    .replaceAll(/!?\[([^[\]]*)\]\([^()[\]]*\)/g, "$1")
    .replaceAll(/\[\^[^[\]]{1,40}\]/g, "")
    .replaceAll(/<\/?[a-zA-Z][^<>]*>/g, " ")
    .replaceAll(/&[a-z]{2,5};/g, (name) => entities[name] ?? name)
    .replaceAll(/\\([\\`*_{}[\]()#+\-.!|~<>$])/g, "$1")
    .replaceAll(/\*\*|__|~~/g, "")
    .replaceAll(/(?<![ \d])\*|\*(?![ \d])/g, "");
}

/** The text as people see it. */
export function shown(text: string): string {
  return text.replaceAll(codeOpen, "`").replaceAll(codeClose, "`");
}
