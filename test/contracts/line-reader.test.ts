import * as fc from "fast-check";
import { expect, it } from "vitest";
import { openLineReader, type Line } from "../../src/contracts/line-reader.ts";

const read = (limit: number, ...chunks: string[]): Line[] => {
  const reader = openLineReader(limit);
  return chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
};
const line = (text: string): Line => ({ kind: "line", text });
const tooLong: Line = { kind: "too-long" };

it("gives lines back whole, however they were cut", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((one) => !one.includes("\n"));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 10 }), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(""));
      const reader = openLineReader(1_000);
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
      expect(parts.flatMap((part) => reader.push(part))).toEqual(lines.map(line));
    }),
  );
});

it("accepts a line of exactly the limit, reports a longer one once and at once, and goes on after it", () => {
  expect(read(5, "12345\n", "ok\n")).toEqual([line("12345"), line("ok")]);
  expect(read(5, "123456")).toEqual([tooLong]);
  expect(read(5, "1234", "56", "78", "9\nok\n")).toEqual([tooLong, line("ok")]);
  expect(read(5, "123456\n1234567\n\n")).toEqual([tooLong, tooLong, line("")]);
});
