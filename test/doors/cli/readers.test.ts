import { describe, expect, test } from "vitest";
import { alignedPairs, alignedTable } from "../../../src/doors/cli/aligned-table.ts";
import { asList, asNumber, asNumberPairs, asPairs, asPaths, asSeconds } from "../../../src/doors/cli/readers.ts";

describe("readers", () => {
  test.each([
    ["5", 5],
    ["-1.5", -1.5],
    ["1e3", 1000],
    ["", ""],
    [" ", " "],
    ["five", "five"],
    ["Infinity", "Infinity"],
    ["0x10", 16],
  ])("number %j -> %j", (text, value) => expect(asNumber(text, undefined)).toBe(value));

  test.each([
    ["90", 90],
    ["90s", 90],
    ["500ms", 0.5],
    ["1.5m", 90],
    ["2h", 7200],
    ["-5s", "-5s"],
    ["5d", "5d"],
    ["", ""],
  ])("seconds %j -> %j", (text, value) => expect(asSeconds(text, undefined)).toBe(value));

  test("lists and pairs grow with every use; the first = parts name and value", () => {
    expect(asList("C", asList("A, B", undefined))).toEqual(["A", "B", "C"]);
    expect(asPairs("B=x=y", asPairs("A=", undefined))).toEqual({ A: "", B: "x=y" });
    expect(asNumberPairs("n=x", asNumberPairs("m=2", undefined))).toEqual({ m: 2, n: "x" });
  });

  test.each([
    ["1000", { paths: 1000 }],
    ["1000:7", { paths: 1000, seed: 7 }],
    ["1000:7:20", { paths: 1000, seed: 7, blockPeriods: 20 }],
    ["many::x", { paths: "many", seed: "", blockPeriods: "x" }],
    ["1:2:3:4", "1:2:3:4"],
  ])("paths %j -> %j", (text, value) => expect(asPaths(text, undefined)).toEqual(value));

  test.each(["=x", "novalue", ""])("%j is no pair, and its text is not repeated", (text) => {
    expect(() => asPairs(text, undefined)).toThrow(/^\[usage\.invalid\] Cannot read an option: a value without `=`/);
  });
});

describe("tables", () => {
  test("align columns, numbers right, no trailing spaces, null as a dash", () => {
    expect(
      alignedTable(
        ["NAME", "COUNT", "NOTE"],
        [
          ["a", 5, null],
          ["longer", 1000, "x"],
        ],
      ),
    ).toBe("NAME    COUNT  NOTE\na           5  -\nlonger   1000  x");
    expect(alignedTable(["A", "B"], [])).toBe("A  B");
    expect(
      alignedPairs([
        ["a", 1],
        ["long", null],
      ]),
    ).toBe("a     1\nlong  -");
  });
});
