// Durations against the moments they lie between: `Started`, `Finished` and `Took`; intervals of a timeline; "from A to B"
// where both are events of it; downtime between a failure and its recovery. An end before its start is an error of its own.
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence, Stamp } from "../model.ts";
import { compare, subtract, zero, type Ratio } from "../numbers/ratio.ts";
import { around, type Span } from "../numbers/span.ts";
import { shared, subject } from "../words.ts";
import { aboutNumber, fits, inUnitOf } from "./lint.ts";

interface Moment {
  readonly stamp: Stamp;
  readonly words: readonly string[];
}

export function durationFindings(report: ReadReport): readonly Finding[] {
  const moments = momentsOf(report);
  if (moments.length < 2) return [];
  return [...startToEnd(report, moments), ...said(report, moments), ...intervals(report)];
}

/** Stamps with the words of their line; dates alone are no moments. */
export function momentsOf(report: ReadReport): readonly Moment[] {
  return report.stamps
    .filter((stamp) => stamp.kind !== "date")
    .slice(0, mostStatements)
    .map((stamp) => ({ stamp, words: subject(stamp.label) }));
}

export function between(a: Stamp, b: Stamp): Span {
  const gap = subtract(b.seconds, a.seconds);
  // Each moment may have been rounded or cut: half a digit of each, and half of the coarser one.
  const slack: Ratio = compare(a.digit, b.digit) < 0 ? b.digit : a.digit;
  return around(gap, slack);
}

const begins = /^(?:started|start|begin|began|begun|created|launched)$/;
const ends = /^(?:finished|finish|ended|end|completed|stopped|done)$/;
const lasted = /^(?:took|duration|elapsed|runtime|lasted|total)$/;

/** The three key figures of a run, in one list or table. */
function startToEnd(report: ReadReport, moments: readonly Moment[]): readonly Finding[] {
  const keyed = moments.filter(({ words }) => words.length <= 4);
  const first = keyed.filter(({ stamp }) => begins.test(firstWord(stamp.label)));
  const last = keyed.filter(({ stamp }) => ends.test(firstWord(stamp.label)));
  const [start] = first;
  const [end] = last;
  if (
    start === undefined ||
    end === undefined ||
    first.length !== 1 ||
    last.length !== 1 ||
    start.stamp.kind !== end.stamp.kind
  )
    return [];
  const span = between(start.stamp, end.stamp);
  if (compare(span.high, zero) < 0) return [];
  return report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    const word = firstWord(sentence.text);
    if (!lasted.test(word) || (word === "total" && !/\b(?:time|duration|runtime)\b/i.test(sentence.text))) return [];
    const whole = compound(own);
    if (whole === null || subject(sentence.text).length > 4) return [];
    return verdict(report, { whole, span, operands: [operandOf(start.stamp), operandOf(end.stamp)], own });
  });
}

function firstWord(text: string): string {
  return (/[\p{L}]+/u.exec(text)?.[0] ?? "").toLowerCase();
}

/** `2 min 53 s` is one duration. */
export function compound(own: readonly Quantity[]): { readonly quantity: Quantity; readonly span: Span } | null {
  const times = own.filter((one) => one.base === "time" && one.per === "");
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined || times.length !== own.filter((one) => one.unclaimed === null).length)
    return null;
  if (times.length === 1) return { quantity: first, span: first.span };
  const falling = times.every((one, at) => at === 0 || compare(one.scale, times[at - 1]?.scale ?? zero) < 0);
  if (!falling || times.some((one) => one.range)) return null;
  const sum = times.reduce(
    (total, one) => ({ n: total.n * one.value.d + one.value.n * total.d, d: total.d * one.value.d }),
    zero,
  );
  return { quantity: last, span: around(sum, { n: last.digit.n, d: last.digit.d * 2n }) };
}

function verdict(
  report: ReadReport,
  {
    whole,
    span,
    operands,
    own,
  }: {
    readonly whole: { readonly quantity: Quantity; readonly span: Span };
    readonly span: Span;
    readonly operands: readonly string[];
    readonly own: readonly Quantity[];
  },
): readonly Finding[] {
  const printed = { ...whole.quantity, span: whole.span };
  if (fits(span, printed, "cut"))
    return own
      .filter((one) => one.base === "time")
      .map((one) =>
        aboutNumber(report, one, { outcome: "proven", because: "it lies between the two printed moments", operands }),
      );
  return [
    aboutNumber(report, whole.quantity, {
      outcome: "contradicted",
      because: `the printed moments lie ${inUnitOf(span, printed)} apart`,
      operands,
    }),
  ];
}

export function operandOf(stamp: Stamp): string {
  return `${stamp.text} ${stamp.label.slice(0, 60)} (line ${stamp.line})`;
}

const lost =
  /\b(?:kill(?:ed)?|fail(?:ed|ure|s)?|crash(?:ed)?|down|lost|died|terminated|outage|stopped|disconnect\w*|unavailable)\b/i;
const back =
  /\b(?:recover(?:ed|y)?|restored?|resum(?:ed|es)|back|healthy|healed|reconnect\w*|online|failover complete\w*|operational|available again)\b/i;

function said(report: ReadReport, moments: readonly Moment[]): readonly Finding[] {
  return report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    if (own.length === 0 || own.length > 20 || moments.some(({ stamp }) => stamp.sentence === sentence.index))
      return [];
    const times = own.filter(
      (one) => one.base === "time" && one.per === "" && one.unclaimed === null && one.bound === null,
    );
    const [time] = times;
    if (time === undefined || times.length !== 1) return [];
    const pair = fromTo(sentence, moments) ?? downtime(sentence, moments);
    if (pair === null) return [];
    const [a, b] = pair;
    if (a.stamp.kind !== b.stamp.kind || compare(subtract(b.stamp.seconds, a.stamp.seconds), zero) < 0) return [];
    return verdict(report, {
      whole: { quantity: time, span: time.span },
      span: between(a.stamp, b.stamp),
      operands: [operandOf(a.stamp), operandOf(b.stamp)],
      own: [time],
    });
  });
}

/** "from sandbox creation to the final decision": each end is the one event that shares most words. */
function fromTo(sentence: Sentence, moments: readonly Moment[]): readonly [Moment, Moment] | null {
  const found = /\b(?:from|between) (.{3,80}?) (?:to|until|and|till) (?:the )?([^,.;:()|]{3,60})/i.exec(sentence.text);
  if (found === null) return null;
  const a = eventFor(found[1] ?? "", moments, "first");
  const b = eventFor(found[2] ?? "", moments, "last");
  return a === null || b === null || a === b ? null : [a, b];
}

function eventFor(phrase: string, moments: readonly Moment[], which: "first" | "last"): Moment | null {
  const words = subject(phrase.replace(/\b(?:first|final|last|the)\b/gi, "")).map(root);
  if (words.length === 0) return null;
  const scored = moments.map((moment) => ({ moment, score: shared(words, moment.words.map(root)).length }));
  const best = Math.max(...scored.map(({ score }) => score));
  if (best === 0 || best < Math.min(2, words.length)) return null;
  const named = scored.filter(({ score }) => score === best).map(({ moment }) => moment);
  if (named.length > 1 && !/\b(?:first|final|last)\b/i.test(phrase)) return null;
  return (which === "first" && !/\b(?:final|last)\b/i.test(phrase) ? named[0] : named.at(-1)) ?? null;
}

/** created, creation and create are one event. */
function root(word: string): string {
  return word.length > 5 ? word.slice(0, 5) : word;
}

function downtime(sentence: Sentence, moments: readonly Moment[]): readonly [Moment, Moment] | null {
  if (!/\b(?:downtime|outage|recover(?:y|ed) (?:time|took|within|in)|time to recover\w*)\b/i.test(sentence.text))
    return null;
  const near = moments.filter(({ stamp }) => stamp.section === sentence.section);
  const pool = near.length >= 2 ? near : moments;
  const down = pool.filter(({ stamp }) => lost.test(stamp.label) && !back.test(stamp.label));
  const up = pool.filter(({ stamp }) => back.test(stamp.label));
  const [first] = down;
  const last = up.at(-1);
  return first === undefined || last === undefined || up.length > 2 || down.length > 3 ? null : [first, last];
}

/** A column of intervals beside a column of moments. */
function intervals(report: ReadReport): readonly Finding[] {
  return report.grids.flatMap((grid) => {
    const column = grid.head.findIndex((head) => /\b(?:interval|delta|gap|since previous|Δ)\b/iu.test(head));
    if (column === -1) return [];
    return grid.rows.flatMap((row, at) => {
      const before = grid.rows[at - 1];
      const printed = row.mains[column] ?? null;
      const a = before === undefined ? undefined : stampOf(report, before.sentence);
      const b = stampOf(report, row.sentence);
      if (printed === null || printed.base !== "time" || a === undefined || b === undefined || a.kind !== b.kind)
        return [];
      return verdict(report, {
        whole: { quantity: printed, span: printed.span },
        span: between(a, b),
        operands: [operandOf(a), operandOf(b)],
        own: [printed],
      });
    });
  });
}

function stampOf(report: ReadReport, sentence: number): Stamp | undefined {
  const own = report.stampsIn(sentence).filter((stamp) => stamp.kind !== "date");
  return own.length === 1 ? own[0] : undefined;
}
