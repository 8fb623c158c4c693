// Ids that carry a time: a sandbox id that is a Unix time was made up by the caller, and an id whose time is not that of
// its creation belongs to another day. Ids are read in code too, because that is where answers are quoted.
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Stamp } from "../model.ts";
import { compare, ratio, subtract } from "../numbers/ratio.ts";
import { aboutPhrase } from "./lint.ts";

interface TimedId {
  readonly id: string;
  readonly seconds: number;
  readonly line: number;
  readonly text: string;
  readonly sandbox: boolean;
  readonly section: number;
}

const timed = /\b([a-z][a-z0-9]{0,15})[-_]((?:1[0-9]{9})(?:[0-9]{3})?)(?![0-9])(?:[-_][a-z0-9]{1,24})?/gi;
const sandboxWord = /^(?:sb|sbx|sandbox|sandboxid|vm|instance|container)$/i;
const day = 86_400;

function timedIds(report: ReadReport): readonly TimedId[] {
  const lines = [
    ...report.sentences.map(({ text, line, section }) => ({
      text: text.replaceAll(/[\uE000\uE001]/g, " "),
      line,
      section,
    })),
    ...report.codes.flatMap((code) =>
      code.lines.map((text, at) => ({ text: text.slice(0, 2000), line: code.line + at, section: code.section })),
    ),
  ];
  return lines
    .flatMap(({ text, line, section }) =>
      [...text.matchAll(timed)].map(([id, prefix = "", digits = ""]) => ({
        id,
        seconds: Math.floor(Number(digits) / (digits.length === 13 ? 1000 : 1)),
        line,
        text: text.trim(),
        section,
        sandbox: sandboxWord.test(prefix) || /sandbox[_ -]?id|sandbox/i.test(text),
      })),
    )
    .slice(0, mostStatements);
}

export function witnessTime(report: ReadReport): readonly Finding[] {
  const dates = report.stamps.filter((stamp) => stamp.kind === "moment" || stamp.kind === "date");
  if (dates.length === 0) return [];
  return timedIds(report).flatMap((one) => {
    const near = nearest(one, dates);
    if (near === null) return [];
    const gap = subtract(ratio(BigInt(one.seconds)), near.seconds);
    const far = compare(gap, ratio(BigInt(2 * day))) > 0 || compare(gap, ratio(BigInt(-2 * day))) < 0;
    if (!far) return [];
    const inside = new Date(one.seconds * 1000).toISOString().slice(0, 19);
    return [
      aboutPhrase(one, one.id, {
        outcome: "contradicted",
        because: `the id holds the time ${inside} UTC, the report says ${near.text}`,
        operands: [`${near.text} (line ${near.line})`],
      }),
    ];
  });
}

/** The moment on its own line or within three lines; else the first one of the report, which dates it. */
function nearest(one: TimedId, dates: readonly Stamp[]): Stamp | null {
  const close = dates.filter((stamp) => Math.abs(stamp.line - one.line) <= 3);
  const [first] = [...close].sort((a, b) => Math.abs(a.line - one.line) - Math.abs(b.line - one.line));
  return first ?? dates.find((stamp) => stamp.line < 40) ?? null;
}

export function witnessShape(report: ReadReport): readonly Finding[] {
  return timedIds(report)
    .filter(({ sandbox, id }) => sandbox && /^[a-z]+[-_]\d+$/i.test(id))
    .map((one) =>
      aboutPhrase(one, one.id, {
        outcome: "contradicted",
        because: `the id is the Unix time ${new Date(one.seconds * 1000).toISOString().slice(0, 19)} UTC; a server that issues ids does not count seconds`,
      }),
    );
}
