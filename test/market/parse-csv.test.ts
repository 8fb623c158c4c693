// Malformed prices are refused with file and line; nothing is repaired.
import { expect, test } from "vitest";
import { parseCsv } from "../../src/market/parse-csv.ts";

const head = "date,open,high,low,close,volume";
const row = "2020-01-02,10,11,9,10.5,100";

test("reads columns", () => {
  const candles = parseCsv(`${head}\n${row}\n`, false, "x.csv");
  expect(candles).toEqual({
    t: Float64Array.of(Date.UTC(2020, 0, 2)),
    open: Float64Array.of(10),
    high: Float64Array.of(11),
    low: Float64Array.of(9),
    close: Float64Array.of(10.5),
    volume: Float64Array.of(100),
  });
});

test.each([
  ["another header", "time,close", "line 1: the header is time,close"],
  ["a date that is none", `${head}\nsoon,10,11,9,10,1`, "line 2: soon is no date"],
  ["a duplicate date", `${head}\n${row}\n${row}`, "line 3: 2020-01-02 does not come after the row before it"],
  ["disorder", `${head}\n${row}\n2020-01-01,10,11,9,10,1`, "line 3: 2020-01-01 does not come after"],
  ["an empty cell", `${head}\n2020-01-02,10,11,,10,1`, "line 2: a cell is missing"],
  ["a NaN", `${head}\n2020-01-02,10,NaN,9,10,1`, "line 2: a cell is missing"],
  ["a missing column", `${head}\n2020-01-02,10,11,9,10`, "line 2: a cell is missing"],
  ["high below low", `${head}\n2020-01-02,10,8,9,10,1`, "line 2: high and low do not enclose the bar"],
  ["a negative price", `${head}\n2020-01-02,-1,11,-2,10,1`, "line 2: a price is not above zero"],
])("refuses %s", (_name, text, problem) => {
  expect(() => parseCsv(text, false, "x.csv")).toThrow(`[market.data] Cannot use x.csv ${problem}`);
});
