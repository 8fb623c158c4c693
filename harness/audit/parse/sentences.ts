// Prose cut into sentences. A sentence ends at a stop, a question or an exclamation mark before a space; decimal points,
// abbreviations and initials end none. Longer text is cut at a space: see limits.
import { mostSentenceLength } from "../limits.ts";

export interface Piece {
  readonly text: string;
  /** Offset in the text that was cut. */
  readonly at: number;
}

const abbreviations = /(?:^|[\s(])(?:e\.g|i\.e|vs|approx|ca|cf|etc|no|nr|fig|sec|max|min|avg|resp|incl|excl|st|dr)$/i;

export function cutSentences(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const long = at - from >= mostSentenceLength;
    if (!long && !endsAt(text, at)) continue;
    const end = long ? cutBefore(text, from, at) : at + 1;
    pieces.push({ text: text.slice(from, end), at: from });
    from = end;
    while (text.charAt(from) === " ") from += 1;
    at = Math.max(at, from) - (long ? 1 : 0);
  }
  if (from < text.length) pieces.push({ text: text.slice(from), at: from });
  return pieces.filter((piece) => piece.text.trim() !== "");
}

function endsAt(text: string, at: number): boolean {
  const char = text.charAt(at);
  if (char !== "." && char !== "!" && char !== "?") return false;
  if (text.charAt(at + 1) !== " ") return false;
  return char !== "." || !abbreviations.test(text.slice(Math.max(0, at - 8), at));
}

function cutBefore(text: string, from: number, at: number): number {
  const space = text.lastIndexOf(" ", at);
  return space > from ? space : at;
}
