// Numbers in one sentence, by one pass from left to right. What is a date, a version, an id or part of a name is passed
// over and kept with its reason, so that nothing with a digit disappears silently.
import { decimal, multiply, ratio, type Ratio } from "./ratio.ts";
import { isRateWord, perSeconds, unitOf, type Base } from "./units.ts";

export interface Scanned {
  readonly at: number;
  readonly end: number;
  readonly value: Ratio;
  /** One unit of the last printed digit. */
  readonly digit: Ratio;
  readonly digits: string;
  readonly decimals: number;
  readonly base: Base;
  readonly unit: string;
  readonly scale: Ratio;
  readonly per: string;
  readonly perScale: Ratio | null;
  readonly noun: string;
  readonly negative: boolean;
}

export interface Passed {
  readonly at: number;
  readonly end: number;
  readonly reason: string;
}

const number = /\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?/y;
const wordRun = /[\p{L}\p{N}_](?:[\p{L}\p{N}_]|[-.:/@+](?=[\p{L}\p{N}]))*/uy;
const unitRun = /[ ]?(US\$|[$€£%‰×¢]|[\p{L}µμ]+)/uy;
const perRun = /[ ]?(?:\/|per )[ ]?([\p{L}-]+)/uy;
/** What a digit run can be that is no quantity; each is tried where the digits begin. */
const passed: readonly (readonly [RegExp, string])[] = [
  [
    /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|GMT)|[+-]\d{2}:?\d{2})?)?(?![\p{L}\p{N}])/uy,
    "a date or a time of day",
  ],
  [/\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|GMT|[ap]\.?m\.?)(?![\p{L}]))?/iuy, "a date or a time of day"],
  [/\d{1,2}[./]\d{1,2}[./](?:19|20)\d{2}(?!\d)/y, "a date or a time of day"],
  [/(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?![\d-])/y, "a date or a time of day"],
  [
    /\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\b(?: (?:19|20)\d{2})?/y,
    "a date or a time of day",
  ],
  [/\d+\.\d+\.\d+[\w.+-]*/y, "a version or an address"],
  [/(?=\d*[a-f])[0-9a-f]{7,}(?![\p{L}\p{N}])/uy, "a digest or an id"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+/y, "a digest or an id"],
  [/\d+(?:st|nd|rd|th)(?!\p{L})/uy, "an ordinal"],
  [/0x[0-9a-fA-F]+/y, "a digest or an id"],
  [/24\/7/y, "a name"],
];
const url = /(?:https?|ftp|file):\/\/[^\s)>\]"']+/y;

/** Every digit of the text is in exactly one of the two lists. */
export function scanNumbers(text: string): { readonly found: readonly Scanned[]; readonly passed: readonly Passed[] } {
  const found: Scanned[] = [];
  const skipped: Passed[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === "\uE000") {
      const end = endOfCode(text, at);
      const inside = text.slice(at + 1, end);
      const whole = figure(inside);
      if (whole !== null) found.push({ ...whole, at: whole.at + at + 1, end: whole.end + at + 1 });
      else if (/\d/.test(inside)) skipped.push({ at: at + 1, end, reason: "code or an id" });
      at = end + 1;
      continue;
    }
    const link = (char === "h" || char === "f") && match(url, text, at);
    if (typeof link === "string") {
      if (/\d/.test(link)) skipped.push({ at, end: at + link.length, reason: "an address" });
      at += link.length;
      continue;
    }
    if (isDigit(char)) {
      const date = passedAt(text, at);
      if (date !== null) {
        skipped.push(date);
        at = date.end;
        continue;
      }
      const one = scanOne(text, at);
      if (one === null) {
        const end = at + Math.max(1, match(wordRun, text, at)?.length ?? 1);
        skipped.push({ at, end, reason: "part of a name or an id" });
        at = end;
      } else {
        found.push(one);
        at = one.end;
      }
      continue;
    }
    if (char === "#" && isDigit(text.charAt(at + 1))) {
      const end = at + 1 + (/^\d+/.exec(text.slice(at + 1, at + 40))?.[0].length ?? 1);
      skipped.push({ at, end, reason: "a reference" });
      at = end;
      continue;
    }
    const name = startsName(text, at) ? match(wordRun, text, at) : null;
    if (name !== null) {
      if (/\d/.test(name) && !/^[\p{L}]+-?$/u.test(name)) at = passName(text, at, name, skipped);
      else at += name.length;
      continue;
    }
    at += 1;
  }
  return { found, passed: skipped };
}

/** `agent-3`, `P95`, `sb_17`: a word that holds digits is a name. `T+5s` and `from 3` are words and numbers of their own. */
function passName(text: string, at: number, name: string, skipped: Passed[]): number {
  const offset = /^[Tt]\+(?=\d)/.exec(name);
  if (offset !== null) return at + offset[0].length;
  // "or/and 5": a slash or a colon parts a plain word from a number.
  const parted = /^[\p{L}]+[:/+](?=\d)/u.exec(name);
  if (parted !== null) return at + parted[0].length;
  skipped.push({ at, end: at + name.length, reason: "part of a name or an id" });
  return at + name.length;
}

function endOfCode(text: string, at: number): number {
  const end = text.indexOf("\uE001", at);
  return end === -1 ? text.length : end;
}

/** A code span that is one figure and nothing else. */
function figure(inside: string): Scanned | null {
  if (inside.length > 40 || !/^[-+−~≈$]?\d/.test(inside)) return null;
  const from = inside.search(/\d/);
  if (passedAt(inside, from) !== null) return null;
  const one = scanOne(inside, from);
  return one !== null && one.end === inside.length ? one : null;
}

function passedAt(text: string, at: number): Passed | null {
  for (const [pattern, reason] of passed) {
    const found = match(pattern, text, at);
    if (found !== null && found !== "") return { at, end: at + found.length, reason };
  }
  return null;
}

function scanOne(text: string, at: number): Scanned | null {
  const printed = match(number, text, at);
  if (printed === null || printed.length > 36) return null;
  let end = at + printed.length;
  const digits = printed.replaceAll(",", "");
  const decimals = digits.includes(".") ? digits.length - digits.indexOf(".") - 1 : 0;
  // 1,5 and 1.234,56: a comma that parts no thousands has two readings, so the figure has none.
  if (text.charAt(end) === "," && isDigit(text.charAt(end + 1)) && printed.includes(".")) return null;
  let scale = ratio(1n);
  const suffix = /(?:[kKM]|bn)(?![\p{L}\p{N}])/uy;
  const short = match(suffix, text, end);
  if (short !== null) {
    scale = ratio(short === "M" ? 1_000_000n : short === "bn" ? 1_000_000_000n : 1000n);
    end += short.length;
  }
  const before = text.charAt(at - 1);
  const negative = (before === "-" || before === "−") && !/[\p{L}\p{N})]/u.test(text.charAt(at - 2));
  const unit = readUnit(text, end, moneyBefore(text, negative ? at - 1 : at));
  if (unit === null) return null;
  const value = multiply(multiply(decimal(digits), scale), unit.scale);
  const digit = multiply(multiply(ratio(1n, 10n ** BigInt(decimals)), scale), unit.scale);
  return {
    at: unit.money === null ? (negative ? at - 1 : at) : at - unit.money - (negative ? 1 : 0),
    end: unit.end,
    value: negative ? multiply(value, ratio(-1n)) : value,
    digit,
    digits,
    decimals,
    base: unit.base,
    unit: unit.unit,
    scale: multiply(scale, unit.scale),
    per: unit.per,
    perScale: unit.perScale,
    noun: unit.noun,
    negative,
  };
}

interface ReadUnit {
  readonly base: Base;
  readonly unit: string;
  readonly scale: Ratio;
  readonly end: number;
  readonly noun: string;
  readonly per: string;
  readonly perScale: Ratio | null;
  /** Length of a currency sign before the number. */
  readonly money: number | null;
}

function moneyBefore(text: string, at: number): { readonly sign: string; readonly length: number } | null {
  const sign = text.charAt(at - 1);
  if (sign !== "$" && sign !== "€" && sign !== "£") return null;
  return text.slice(at - 3, at) === "US$" ? { sign: "$", length: 3 } : { sign, length: 1 };
}

/** Null when letters follow at once that are no unit: then the digits are part of a name. */
function readUnit(text: string, from: number, money: ReturnType<typeof moneyBefore>): ReadUnit | null {
  const plain = {
    base: "plain" as const,
    unit: "",
    scale: ratio(1n),
    end: from,
    noun: "",
    per: "",
    perScale: null,
    money: null,
  };
  const attached = /[\p{L}_]/u.test(text.charAt(from));
  unitRun.lastIndex = from;
  const found = unitRun.exec(text);
  const word = found?.[1] ?? "";
  const after = from + (found?.[0].length ?? 0);
  if (money !== null) {
    if (attached) return null;
    const per = readPer(text, from);
    return {
      ...plain,
      base: "money",
      unit: money.sign,
      end: per.end,
      per: per.per,
      perScale: per.perScale,
      money: money.length,
    };
  }
  const unit = word === "" || text.charAt(from) === "\n" ? null : unitOf(word);
  const joined = /[\p{N}_]/u.test(text.charAt(after));
  if (unit !== null && !joined && !(unit.base === "factor" && !attached && word !== "×" && word !== "times")) {
    if (word === "×" && /^ ?[\d$(]/.test(text.slice(after, after + 2))) return plain;
    if (unit.base === "factor") return { ...plain, base: "factor", unit: "×", end: after };
    const per = readPer(text, after);
    return {
      ...plain,
      base: unit.base,
      unit: unit.name,
      scale: unit.scale,
      end: per.end,
      per: per.per,
      perScale: per.perScale,
    };
  }
  if (attached)
    return isRateWord(word) ? { ...plain, base: "count", end: after, per: "/s", perScale: ratio(1n) } : null;
  if (isRateWord(word) && !joined) return { ...plain, base: "count", end: after, per: "/s", perScale: ratio(1n) };
  const joint = hyphenUnit(text, from);
  if (joint !== null) return { ...plain, ...joint };
  const per = readPer(text, found !== null && /^\p{Ll}/u.test(word) ? after : from);
  if (per.per !== "" && per.perScale !== null)
    return { ...plain, base: "count", end: per.end, noun: word, per: per.per, perScale: per.perScale };
  return { ...plain, base: "plain", noun: /^\p{L}/u.test(word) ? word : "" };
}

/** `5-second`, `3-agent`. */
function hyphenUnit(text: string, from: number): Partial<ReadUnit> | null {
  const hyphen = /-(\p{L}+)/uy;
  hyphen.lastIndex = from;
  const joint = hyphen.exec(text);
  if (joint === null) return null;
  const unit = unitOf(joint[1] ?? "");
  if (unit === null || unit.base === "factor") return { base: "count", noun: joint[1] ?? "", end: from };
  return { base: unit.base, unit: unit.name, scale: unit.scale, end: from + joint[0].length };
}

function readPer(
  text: string,
  from: number,
): { readonly end: number; readonly per: string; readonly perScale: Ratio | null } {
  perRun.lastIndex = from;
  const found = perRun.exec(text);
  const word = found?.[1] ?? "";
  if (found === null || word === "") return { end: from, per: "", perScale: null };
  return { end: from + found[0].length, per: `/${word.toLowerCase()}`, perScale: perSeconds(word) };
}

function startsName(text: string, at: number): boolean {
  return /[\p{L}_]/u.test(text.charAt(at));
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9";
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
