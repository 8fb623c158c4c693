// Shares are exact.
import { expect, test } from "vitest";
import { fraction, millionths, reaches } from "../../src/consensus/fraction.ts";

test.each([
  ["2/3", { num: 2, den: 3 }],
  ["0.66", { num: 66, den: 100 }],
  ["1", { num: 1, den: 1 }],
  ["0", { num: 0, den: 1 }],
])("reads %s", (text, wanted) => expect(fraction(text)).toEqual(wanted));

test.each(["", "x", "3/2", "1.5", "-1", "1/0", ".5", "2"])("refuses %j", (text) => {
  expect(() => fraction(text)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
});

test("2 of 3 reaches 0.66 and 2/3 but not 0.67", () => {
  expect(["0.66", "2/3", "0.67"].map((text) => reaches(2n, 3n, fraction(text)))).toEqual([true, true, false]);
  expect([millionths(2n, 3n), millionths(-2n, 3n), millionths(1n, 0n)]).toEqual([666_666, -666_666, 0]);
});
