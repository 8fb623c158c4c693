// Figures for people: never rounded in the system's favour, never onto the limit.
import { assert, integer, property } from "fast-check";
import { expect, it } from "vitest";
import {
  formatCount,
  formatDuration,
  formatMicroUsd,
  formatNs,
  formatNsExact,
  formatPpm,
  quantileName,
} from "../../../../harness/render/text/format.ts";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

it.each([
  [formatNs(231_400_001, "up"), "232 ms"],
  [formatNs(231_400_001, "down"), "231 ms"],
  [formatNs(4_900_000_000, "up"), "4.90 s"],
  [formatNs(1_234, "nearest"), "1.23 µs"],
  [formatNs(999, "up"), "999 ns"],
  [formatNs(0), "0 ns"],
  [formatNs(999_999_999, "up"), "1,000 ms"],
  [formatNs(4_999_600_000, "up", 5_000_000_000), "4.9996 s"],
  [formatNs(5_000_400_000, "down", 5_000_000_000), "5.0004 s"],
  [formatNs(5_000_000_000, "up", 5_000_000_000), "5.00 s"],
  [formatNsExact(5_000_000_000), "5 s"],
  [formatNsExact(250_000_000), "250 ms"],
  [formatNsExact(1_500_000), "1.5 ms"],
  [formatPpm(953_000), "95.3 %"],
  [formatPpm(1_000_000), "100 %"],
  [formatPpm(872_661), "87.2661 %"],
  [formatMicroUsd(4_680_000), "$4.68"],
  [formatMicroUsd(3_720), "$0.00372"],
  [formatMicroUsd(5_000_000), "$5.00"],
  [formatMicroUsd(-1_500_000), "−$1.50"],
  [formatCount(1_234_567), "1,234,567"],
  [formatDuration(820), "820 ms"],
  [formatDuration(12_449), "12.4 s"],
  [formatDuration(187_000), "3 min 07 s"],
  [quantileName(950_000), "P95"],
  [quantileName(999_000), "P99.9"],
])("prints %s as %s", (printed, wanted) => {
  expect(plain(printed)).toBe(wanted);
});

it("keeps a printed bound on its own side, and on its side of the limit", () => {
  const units: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, µs: 1e3, ns: 1 };
  const read = (text: string): number => {
    const [digits = "", unit = ""] = plain(text).split(" ");
    return Math.round(Number(digits.replaceAll(",", "")) * (units[unit] ?? Number.NaN));
  };
  const ns = integer({ min: 0, max: 100_000_000_000 });
  assert(
    property(ns, ns, (value, limit) => {
      const [up, down] = [read(formatNs(value, "up", limit)), read(formatNs(value, "down", limit))];
      expect(up).toBeGreaterThanOrEqual(value);
      expect(down).toBeLessThanOrEqual(value);
      expect([Math.sign(up - limit), Math.sign(down - limit)]).toEqual([
        Math.sign(value - limit),
        Math.sign(value - limit),
      ]);
      expect(read(formatNsExact(value))).toBe(value);
    }),
  );
});
