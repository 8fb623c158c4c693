// Every digit of a sentence is in exactly one list: a figure with its unit, or passed over with its reason.
import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { ratioText } from "../../../harness/audit/numbers/ratio.ts";
import { scanNumbers } from "../../../harness/audit/numbers/scan.ts";

function figures(text: string): readonly string[] {
  return scanNumbers(text).found.map(({ value, base, per, noun }) =>
    [ratioText(value, 12), base, per, noun].filter((part) => part !== "").join(" "),
  );
}

test.each([
  ["it took 27.2 ms", ["0.0272 time"]],
  ["1,234.5 s", ["1234.5 time"]],
  ["$4.16/day", ["4.16 money /day"]],
  ["2,000 operations/second", ["2000 count /second operations"]],
  ["97.0486 %", ["0.970486 share"]],
  ["22/22 passed", ["22 plain", "22 plain passed"]],
  ["5-agent swarm", ["5 count agent"]],
  ["3k calls and 1.5M rows", ["3000 plain calls", "1500000 plain rows"]],
  ["−3 ms", ["-0.003 time"]],
  ["512 MiB", ["536870912 bytes"]],
  ["E2B, P95, SHA-256, v1.2.3, sb_17, agent-3, 2026-11-22 02:43:58 UTC, 10.0.0.1, 60e37723d696, #12, 3rd, 24/7", []],
  ["https://a.example/1/2", []],
])("%s", (text, expected) => {
  expect(figures(text)).toEqual(expected);
});

test("no digit is in neither list, and none in both", () => {
  assert(
    property(string({ maxLength: 60, unit: "grapheme-ascii" }), (text) => {
      const { found, passed } = scanNumbers(text);
      const spans = [...found, ...passed].sort((a, b) => a.at - b.at);
      for (const [at, one] of spans.entries()) expect(one.end <= (spans[at + 1]?.at ?? text.length)).toBe(true);
      for (const digit of text.matchAll(/[0-9]/g)) {
        expect(spans.filter((one) => digit.index >= one.at && digit.index < one.end)).toHaveLength(1);
      }
    }),
    { numRuns: 300 },
  );
});
