// Throughput: a rate must follow from the count and the window printed beside it, and needs a window of its own: a rate
// per second taken from fewer calls than that second would hold is extrapolated.
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare, ratio } from "../numbers/ratio.ts";
import { divideSpans } from "../numbers/span.ts";
import { shared, stem, subject } from "../words.ts";
import { aboutNumber, fits, inUnitOf, operand, quote } from "./lint.ts";
import { isCount } from "./recompute-shares.ts";

const countNoun =
  /^(?:call|operation|op|request|task|message|order|sample|event|vote|query|querie|run|job|item|invocation|test|tool|transaction|write|read|trade|iteration|frame)s?$/;
const rateAbove = ratio(10n);

export interface RateClaim {
  readonly quantity: Quantity;
  readonly sentence: Sentence;
}

/** Rates of counts per second, minute or hour. */
export function rateClaims(report: ReadReport): readonly RateClaim[] {
  return report.quantities
    .filter(
      (one) =>
        one.per !== "" &&
        (one.base === "count" || one.base === "plain") &&
        /^\/(?:s|sec|secs|second|min|minute|h|hr|hour)s?$/.test(one.per) &&
        one.unclaimed === null,
    )
    .slice(0, mostStatements)
    .map((quantity) => ({ quantity, sentence: report.sentenceOf(quantity) }));
}

export function rateFindings(report: ReadReport): readonly Finding[] {
  return rateClaims(report).flatMap(({ quantity, sentence }) => {
    const own = report.bySentence[sentence.index] ?? [];
    const counts = own.filter((one) => isCount(one) && countLike(one));
    const windows = own.filter((one) => one.base === "time" && one.per === "" && one.unclaimed === null);
    const [count] = counts;
    const [window] = windows;
    if (
      count === undefined ||
      window === undefined ||
      counts.length !== 1 ||
      windows.length !== 1 ||
      quantity.bound !== null
    )
      return [];
    if (/\b(?:latency|each|mean|average|p\d\d|timeout|every)\b/i.test(sentence.text)) return [];
    const span = divideSpans(count.span, window.span);
    if (span === null) return [];
    const operands = [operand(count), operand(window)];
    if (fits(span, quantity, "cut"))
      return [
        aboutNumber(report, quantity, {
          outcome: "proven" as const,
          because: "it is the count over its window",
          operands,
        }),
      ];
    return [
      aboutNumber(report, quantity, {
        outcome: "contradicted" as const,
        because: `${count.text} in ${window.text} is ${inUnitOf(span, quantity)}`,
        operands,
      }),
    ];
  });
}

function countLike(quantity: Quantity): boolean {
  return quantity.noun !== "" && countNoun.test(stem(quantity.noun));
}

/** A row `Total calls | 10`. */
function labelledCount(report: ReadReport, { cell }: Quantity): boolean {
  if (cell?.column !== 1) return false;
  const label = report.tables[cell.table]?.rows[cell.row]?.cells[0]?.text ?? "";
  return /^(?:total |number of |sequential )?(?:\p{L}+ )?(?:calls?|requests?|operations?|tasks?|iterations?|samples?|executions?|tools?)\b/iu.test(
    label,
  );
}

/** The rates that rest on fewer calls than one second of them. */
export function extrapolationFindings(report: ReadReport): readonly Finding[] {
  const claims = rateClaims(report).filter(({ quantity }) => compare(quantity.value, rateAbove) >= 0);
  if (claims.length === 0) return [];
  const counts = report.quantities
    .filter((one) => isCount(one) && (countLike(one) || labelledCount(report, one)))
    .slice(0, mostStatements);
  return claims.flatMap(({ quantity, sentence }) => {
    const basis = basisOf(report, { quantity, sentence, counts });
    if (basis === null || compare(basis.value, quantity.value) >= 0) return [];
    return [
      aboutNumber(report, quantity, {
        outcome: "contradicted",
        because: `it rests on ${basis.text} calls, which is less than one second of such a rate; a rate needs a window of its own`,
        operands: [operand(basis)],
      }),
    ];
  });
}

/** The largest count of calls that the sentence, or its section, names for the same subject. */
function basisOf(
  report: ReadReport,
  {
    quantity,
    sentence,
    counts,
  }: { readonly quantity: Quantity; readonly sentence: Sentence; readonly counts: readonly Quantity[] },
): Quantity | null {
  const own = counts.filter((one) => one.sentence === sentence.index);
  const words = [...subject(sentence.text), stem(quantity.noun)];
  const near = counts.filter((one) => {
    const other = report.sentenceOf(one);
    const about =
      shared(subject(other.text), words).length > 0 ||
      /\b(?:executed|made|measured|timed|sequential|calls?)\b/i.test(other.text);
    return other.section === sentence.section && about && Math.abs(other.index - sentence.index) <= 12;
  });
  const pool = own.length > 0 ? own : near;
  // Windows of seconds said beside the counts mean that the rate was really watched.
  const watched = pool.some((one) =>
    (report.bySentence[one.sentence] ?? []).some(
      (other) => other.base === "time" && other.per === "" && compare(other.value, ratio(1n)) >= 0,
    ),
  );
  if (pool.length === 0 || watched) return null;
  return pool.reduce((a, b) => (compare(a.value, b.value) >= 0 ? a : b));
}

const roundTrip = /\b(?:round[- ]?trip|rtt|ping)\b/i;
const answered =
  /\b(?:answer(?:ed|s)?|respon(?:se|ded|ds)|call|request|api|latency|creat(?:e|ed|es|ion)|returned|execut\w+)\b/i;

/** An answer faster than the round trip of its own connection. */
export function impossibleSpeed(report: ReadReport): readonly Finding[] {
  const trips = timesIn(report, roundTrip);
  const [trip] = trips;
  if (trip === undefined) return [];
  const shortest = trips.reduce((a, b) => (compare(a.span.low, b.span.low) <= 0 ? a : b));
  return timesIn(report, answered).flatMap((one) => {
    const text = report.sentenceOf(one).text;
    const local = /\b(?:local|localhost|in-process|in-memory|cached?|loopback)\b/i.test(text);
    if (
      trips.includes(one) ||
      local ||
      roundTrip.test(around(text, one)) ||
      compare(one.span.high, shortest.span.low) >= 0
    )
      return [];
    if (!/\b(?:api|call|request|remote|cloud|response|sandbox|network|answer)\w*\b/i.test(text)) return [];
    return [
      aboutNumber(report, one, {
        outcome: "contradicted" as const,
        because: `an answer cannot come before one round trip, which this report gives as ${shortest.text}`,
        operands: [operand(shortest), quote(report.sentenceOf(shortest).text)],
      }),
    ];
  });
}

function timesIn(report: ReadReport, about: RegExp): readonly Quantity[] {
  return report.quantities
    .filter(
      (one) =>
        one.base === "time" &&
        one.per === "" &&
        one.unclaimed === null &&
        about.test(around(report.sentenceOf(one).text, one)),
    )
    .slice(0, mostStatements);
}

function around(text: string, quantity: Quantity): string {
  return text.slice(Math.max(0, quantity.at - 60), quantity.end + 30);
}
