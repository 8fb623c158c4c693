// The other printings of the page: a figure in the prose of the Markdown, or in a message of the JUnit file, must stand on the page,
// where it is held against its claim. Law: measurement §10 step 5.
import type { Fields, Notebook } from "./facts.ts";
import { ownWords } from "./own-words.ts";
import { numbersIn, plain } from "./page.ts";

interface Page {
  readonly tokens: ReadonlySet<string>;
  readonly claims: ReadonlyMap<string, Fields>;
}

export function checkProse(name: string, text: string, page: Page, notes: Notebook): void {
  if (name.endsWith(".md")) checkMarkdownProse(name, text, page, notes);
  if (name === "junit.xml") checkMessages(name, text, page, notes);
}

function checkMarkdownProse(name: string, text: string, { tokens }: Page, notes: Notebook): void {
  const table = text.lastIndexOf("\n## Claims as recorded\n");
  const prose = name === "summary.md" ? text : text.slice(0, table + 1);
  for (const [index, line] of prose.split("\n").entries()) {
    const bare = line
      .replace(/`[^`]*`/g, " ")
      .replaceAll("\u00a0", " ")
      .replace(ownWords, " ");
    for (const token of numbersIn(bare)) {
      if (tokens.has(token)) continue;
      notes.blame(name, `it prints ${token}, which the page does not print`, { place: `line ${index + 1}` });
    }
  }
}

function checkMessages(name: string, text: string, page: Page, notes: Notebook): void {
  if (/<!DOCTYPE|<!ENTITY|<!--/.test(text)) {
    notes.blame(name, "it holds a declaration or a comment", { place: "document" });
  }
  const cases = /\[([^\]"]+)\]"[^>]*>\s*<(?:failure|error|skipped)\b[^>]*?\bmessage="([^"]*)"/g;
  const properties = /<property name="([^"]*)" value="([^"]*)"/g;
  for (const [, id = "", message = ""] of [...text.matchAll(cases), ...text.matchAll(properties)]) {
    if (!page.claims.has(id)) continue;
    for (const token of numbersIn(plain(message).replace(ownWords, " "))) {
      if (page.tokens.has(token)) continue;
      const problem = `it prints ${token} about ${id}, which the page does not print`;
      notes.blame(name, problem, { place: "message", claim: id });
    }
  }
}
