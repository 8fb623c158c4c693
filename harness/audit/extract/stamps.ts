// Moments a report prints, in prose, tables and code: dates with a time, clock times and offsets from a start.
import type { Outline, Stamp } from "../model.ts";
import { add, decimal, multiply, ratio, type Ratio } from "../numbers/ratio.ts";
import { lineAt } from "./quantities.ts";

const moment =
  /(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2}))?)?/g;
const clock = /(?<![\d:.-])(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?![\d:])/g;
const offset = /\b[Tt] ?\+ ?(\d+(?:\.\d+)?) ?(ms|s|min)?\b/g;
const mostStampLine = 2000;

interface Source {
  readonly text: string;
  readonly line: (at: number) => number;
  readonly sentence: number | null;
  readonly section: number;
}

export function extractStamps(outline: Outline): readonly Stamp[] {
  const sources: Source[] = outline.sentences.map((sentence) => ({
    text: sentence.text.replaceAll(/[\uE000\uE001]/g, " "),
    line: (at: number) => lineAt(sentence, at),
    sentence: sentence.index,
    section: sentence.section,
  }));
  for (const code of outline.codes) {
    for (const [at, text] of code.lines.entries()) {
      sources.push({
        text: text.slice(0, mostStampLine),
        line: () => code.line + at,
        sentence: null,
        section: code.section,
      });
    }
  }
  return sources
    .flatMap((source) => (/\d[:-]\d|[Tt] ?\+/.test(source.text) ? stampsIn(source) : []))
    .sort((a, b) => a.line - b.line || a.at - b.at);
}

interface Read {
  readonly match: RegExpMatchArray;
  readonly kind: Stamp["kind"];
  readonly seconds: Ratio;
  readonly digit: Ratio;
}

function stampsIn(source: Source): readonly Stamp[] {
  const dated = [...source.text.matchAll(moment)].flatMap(readMoment);
  const inside = (at: number): boolean =>
    dated.some(({ match }) => at >= (match.index ?? 0) && at < (match.index ?? 0) + match[0].length);
  const clocks = [...source.text.matchAll(clock)].filter((match) => !inside(match.index)).flatMap(readClock);
  const offsets = [...source.text.matchAll(offset)].map(readOffset);
  return [...dated, ...clocks, ...offsets].map(({ match, kind, seconds, digit }) => {
    const at = match.index ?? 0;
    const before = source.text.slice(Math.max(0, at - 200), at);
    const label = `${before} ${source.text.slice(at + match[0].length, at + match[0].length + 300)}`.trim();
    return {
      line: source.line(at),
      sentence: source.sentence,
      at,
      text: match[0],
      seconds,
      digit,
      kind,
      label,
      section: source.section,
    };
  });
}

function readMoment(match: RegExpMatchArray): readonly Read[] {
  const [, year = "", month = "", day = "", hour, minute = "0", second, part, , sign, east = "0", eastMinute = "0"] =
    match;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return [];
  const zone = sign === undefined ? 0 : (Number(east) * 60 + Number(eastMinute)) * 60 * (sign === "-" ? -1 : 1);
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
  const whole = midnight + Number(hour ?? 0) * 3600 + Number(minute) * 60 + Number(second ?? 0) - zone;
  const seconds = add(ratio(BigInt(whole)), fraction(part));
  return [
    hour === undefined
      ? { match, kind: "date", seconds, digit: ratio(86_400n) }
      : { match, kind: "moment", seconds, digit: resolution(second, part) },
  ];
}

function readClock(match: RegExpMatchArray): readonly Read[] {
  const [, hour = "0", minute = "0", second = "0", part] = match;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return [];
  const whole = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return [
    { match, kind: "clock", seconds: add(ratio(BigInt(whole)), fraction(part)), digit: resolution(second, part) },
  ];
}

function readOffset(match: RegExpMatchArray): Read {
  const [, number = "0", unit = "s"] = match;
  const scale = unit === "ms" ? ratio(1n, 1000n) : unit === "min" ? ratio(60n) : ratio(1n);
  const decimals = number.split(".")[1]?.length ?? 0;
  return {
    match,
    kind: "offset",
    seconds: multiply(decimal(number), scale),
    digit: multiply(ratio(1n, 10n ** BigInt(decimals)), scale),
  };
}

function fraction(part: string | undefined): Ratio {
  return part === undefined ? ratio(0n) : decimal(`0.${part}`);
}

function resolution(second: string | undefined, part: string | undefined): Ratio {
  if (second === undefined) return ratio(60n);
  return ratio(1n, 10n ** BigInt(part?.length ?? 0));
}
