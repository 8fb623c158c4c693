// The tone of one headline in [-1, 1], with the spans that made it. Order of reading: phrases longest first, then direction
// times noun, then single words; a negation within three words before turns the sign, a hedge anywhere halves the sum.
import { directions, hedges, laterNegations, negations, nouns, phrases, tones } from "./lexicon.ts";

export interface Span {
  readonly text: string;
  readonly weight: number;
}
export interface HeadlineScore {
  /** In [-1, 1]. */
  readonly score: number;
  readonly spans: readonly Span[];
}

const negationReach = 3;
const nounReach = 3;
const maxWords = 400;
const phraseList = Object.entries(phrases)
  .map(([text, weight]) => ({ words: text.split(" "), weight }))
  .sort((a, b) => b.words.length - a.words.length);

export function scoreHeadline(text: string): HeadlineScore {
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9']+/)
    .filter((word) => word !== "")
    .slice(0, maxWords);
  const taken = new Set<number>();
  const spans = [...matchPhrases(words, taken), ...matchDirections(words, taken), ...matchTones(words, taken)];
  const sum = spans.reduce((total, span) => total + span.weight, 0);
  const hedged = words.some((word) => hedges.has(word)) && spans.length > 0 ? sum / 2 : sum;
  return { score: Math.max(-1, Math.min(1, hedged)), spans };
}

function matchPhrases(words: readonly string[], taken: Set<number>): readonly Span[] {
  const spans: Span[] = [];
  for (const phrase of phraseList) {
    for (let from = 0; from + phrase.words.length <= words.length; from += 1) {
      const fits = phrase.words.every((word, step) => words[from + step] === word && !taken.has(from + step));
      if (!fits) continue;
      for (let step = 0; step < phrase.words.length; step += 1) taken.add(from + step);
      spans.push({
        text: phrase.words.join(" "),
        weight: turned(words, from, taken, phrase.words.length) * phrase.weight,
      });
    }
  }
  return spans;
}

function matchDirections(words: readonly string[], taken: Set<number>): readonly Span[] {
  const spans: Span[] = [];
  words.forEach((word, at) => {
    const direction = Object.hasOwn(directions, word) ? directions[word] : undefined;
    if (direction === undefined || taken.has(at)) return;
    const moved = nearestNoun(words, at, taken);
    // "Drops the lawsuit": without a noun to move, a verb that also negates turns the word it acts on.
    if (moved === undefined && negations.has(word) && tonedAfter(words, at)) return;
    taken.add(at);
    if (moved !== undefined) taken.add(moved.at);
    const sign = turned(words, at, taken) * direction * (moved?.sign ?? 1);
    spans.push({ text: moved === undefined ? word : `${words[moved.at]} ${word}`, weight: sign * 0.7 });
  });
  return spans;
}

function tonedAfter(words: readonly string[], at: number): boolean {
  return words.slice(at + 1, at + 1 + negationReach).some((word) => Object.hasOwn(tones, word));
}

/** The noun just before the verb ("costs fall") or, failing that, just after it ("cuts costs"). */
function nearestNoun(
  words: readonly string[],
  verb: number,
  taken: ReadonlySet<number>,
): { readonly at: number; readonly sign: number } | undefined {
  for (const step of [-1, 1]) {
    for (let far = 1; far <= nounReach; far += 1) {
      const at = verb + step * far;
      const word = words[at] ?? "";
      const sign = Object.hasOwn(nouns, word) ? nouns[word] : undefined;
      if (sign !== undefined && !taken.has(at)) return { at, sign };
    }
  }
  return undefined;
}

function matchTones(words: readonly string[], taken: ReadonlySet<number>): readonly Span[] {
  const spans: Span[] = [];
  words.forEach((word, at) => {
    const weight = Object.hasOwn(tones, word) ? tones[word] : undefined;
    if (weight === undefined || taken.has(at)) return;
    spans.push({ text: word, weight: turned(words, at, taken) * weight });
  });
  return spans;
}

function turned(words: readonly string[], from: number, taken: ReadonlySet<number>, length = 1): 1 | -1 {
  const start = Math.max(0, from - negationReach);
  const before = words.slice(start, from);
  if (before.some((word, step) => negations.has(word) && !taken.has(start + step))) return -1;
  const after = words.slice(from + length, from + length + negationReach);
  return after.some((word) => laterNegations.has(word)) ? -1 : 1;
}
