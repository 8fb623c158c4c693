// Long lines, deep marks and endless figures are answered in linear work or refused by name. Work is compared with that on
// half the input, not with a clock.
import { describe, expect, test } from "vitest";
import { auditReport } from "../../../harness/audit/audit.ts";
import { mostNumbers, mostReportBytes } from "../../../harness/audit/limits.ts";

const long = 300_000;
const repeat = (unit: string): string => unit.repeat(Math.ceil(long / unit.length));

describe("hostile reports", () => {
  test.each([
    ["one word", repeat("a")],
    ["brackets", repeat("[")],
    ["stars", repeat("*a ")],
    ["ticks", repeat("`")],
    ["digits", repeat("1")],
    ["dashes", repeat("-")],
    ["hyphens", repeat("a-")],
    ["angles", repeat("<a ")],
    ["quotes", repeat("> ")],
    ["pipes", `|a|b|\n|-|-|\n${"|".repeat(long)}`],
    ["spaces", `x${" ".repeat(long)}1`],
    ["negations", repeat("no errors ")],
    ["headings", repeat("# a\n")],
  ])("%s are read without a contradiction", (_name, text) => {
    const result = auditReport(text);
    if ("unfit" in result) throw new Error(result.unfit);
    expect(result.counts.contradicted).toBe(0);
  });

  test("too many bytes, too many figures and binary are refused by name", () => {
    expect(auditReport("a".repeat(mostReportBytes + 1))).toEqual({
      unfit: `it holds more than ${mostReportBytes} bytes`,
    });
    expect(auditReport("7 ".repeat(mostNumbers + 1))).toEqual({ unfit: `it holds more than ${mostNumbers} figures` });
    expect(auditReport("a\u0000b")).toEqual({ unfit: "it is no text: it holds a zero byte" });
  });

  test("nothing is contradicted in nothing", () => {
    expect(auditReport("")).toEqual({
      claims: [],
      unclaimed: [],
      counts: { proven: 0, contradicted: 0, unsupported: 0, unclaimed: 0 },
    });
  });
});
