// A sample line read byte by byte. The canonical form of a sample has one spelling, so the fast reader follows that spelling and
// gives up on everything else: what it does not know is left to the strict parser, which says why.
import type { Fields } from "./facts.ts";

const text = (words: string): Buffer => Buffer.from(words, "latin1");
const heads = {
  att: text('{"att":'),
  cens: text(',"cens":"right"'),
  cl: text(',"cl":'),
  dur: text(',"dur":'),
  i: text(',"i":'),
  out: text(',"k":"s","out":"'),
  ph: text('","ph":"'),
  provenance: text('","provenance":"'),
  sch: text('","sch":'),
  st: text(',"st":'),
  target: text(',"target":"'),
  wit: text('","wit":'),
  end: text("}"),
  none: text("null"),
  quote: text('"'),
} as const;

/** Longest whole number that is surely a safe integer. */
const mostDigits = 15;
/** Words that repeat in a file: outcomes, phases, origins. */
const mostNames = 1_000;
const quote = 34;
const backslash = 92;

interface Cursor {
  readonly start: (line: Buffer) => void;
  /** True, and past them, when the line goes on with these words. */
  readonly skip: (words: Buffer) => boolean;
  readonly want: (words: Buffer) => void;
  readonly whole: () => number;
  readonly word: () => string;
  /** True when everything was as wanted and the line is at its end. */
  readonly done: () => boolean;
}

function openCursor(): Cursor {
  let line: Buffer = Buffer.alloc(0);
  let at = 0;
  let lost = false;
  const skip = (words: Buffer): boolean => {
    const end = at + words.length;
    if (end > line.length) return false;
    for (let i = 0; i < words.length; i += 1) if (line[at + i] !== words[i]) return false;
    at = end;
    return true;
  };
  return {
    start: (next) => {
      line = next;
      at = 0;
      lost = false;
    },
    skip,
    want: (words) => {
      if (!skip(words)) lost = true;
    },
    whole: () => {
      const from = at;
      let value = 0;
      for (let digit = (line[at] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (line[at] ?? 0) - 48) {
        value = value * 10 + digit;
        at += 1;
      }
      const digits = at - from;
      if (digits === 0 || digits > mostDigits || (digits > 1 && line[from] === 48)) lost = true;
      return value;
    },
    word: () => {
      const from = at;
      for (let byte = line[at] ?? 0; byte !== quote; byte = line[at] ?? 0) {
        if (byte < 32 || byte > 126 || byte === backslash) {
          lost = true;
          return "";
        }
        at += 1;
      }
      return line.toString("latin1", from, at);
    },
    done: () => !lost && at === line.length,
  };
}

/** Reads samples of one file; names that repeat are kept once. Null for a line that the strict parser must judge. */
export function openSampleScanner(): (line: Buffer) => Fields | null {
  const { start, skip, want, whole, word, done } = openCursor();
  const known = new Map<string, string>();
  const wholeAfter = (head: Buffer): number => {
    want(head);
    return whole();
  };
  const wholeOrNullAfter = (head: Buffer): number | null => {
    want(head);
    return skip(heads.none) ? null : whole();
  };
  const wordAfter = (head: Buffer): string => {
    want(head);
    const found = word();
    const kept = known.get(found);
    if (kept === undefined && known.size < mostNames) known.set(found, found);
    return kept ?? found;
  };
  const nameOrNull = (): string | null => {
    if (skip(heads.none)) return null;
    want(heads.quote);
    const found = word();
    want(heads.quote);
    return found;
  };
  return (line) => {
    start(line);
    const att = wholeAfter(heads.att);
    const cens = skip(heads.cens);
    want(heads.cl);
    const cl = nameOrNull();
    const dur = wholeOrNullAfter(heads.dur);
    const i = wholeAfter(heads.i);
    const out = wordAfter(heads.out);
    const ph = wordAfter(heads.ph);
    const provenance = wordAfter(heads.provenance);
    const sch = wholeAfter(heads.sch);
    const st = wholeOrNullAfter(heads.st);
    const target = wordAfter(heads.target);
    want(heads.wit);
    const wit = nameOrNull();
    want(heads.end);
    if (!done()) return null;
    const rest = { cl, dur, i, k: "s", out, ph, provenance, sch, st, target, wit };
    return cens ? { att, cens: "right", ...rest } : { att, ...rest };
  };
}
