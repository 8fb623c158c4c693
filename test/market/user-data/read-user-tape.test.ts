// What people's files are like: every refusal names the line and the column, and nothing is repaired.
import { expect, test } from "vitest";
import { readUserTape } from "../../../src/market/user-data/read-user-tape.ts";

const read = (text: string | Uint8Array, file = "own.csv", acceptJumps = false) =>
  readUserTape(typeof text === "string" ? Buffer.from(text) : text, { file, symbol: "OWN", acceptJumps });
const head = "Date,Open,High,Low,Close,Volume\n";
const good = `${head}2020-01-01,10,11,9,10,100\n2020-01-02,10,12,9,11,100\n`;

test("a good file, with its passport", () => {
  const { passport, candles, remarks } = read(good);
  expect(passport).toMatchObject({
    symbol: "OWN",
    source: "the user's file own.csv",
    interval: "1d",
    closeOnly: false,
    synthetic: false,
    first: "2020-01-01",
    last: "2020-01-02",
    bars: 2,
  });
  expect([[...candles.close], remarks]).toEqual([[10, 11], []]);
});

test("a byte order mark, Windows line ends, any case and order of columns, and more columns are fine", () => {
  const text = "\ufeffCLOSE,Adj Close,date\r\n10,9,2020-01-01\r\n11,9,2020-01-03\r\n";
  const { candles, passport } = read(text);
  expect([[...candles.open], passport.closeOnly]).toEqual([[10, 11], true]);
});

test("times with a zone are read, and what is unusual is remarked", () => {
  const rows = Array.from({ length: 30 }, (_, bar) => `2020-01-01T${String(bar % 24).padStart(2, "0")}:00:00Z,10`);
  const text = `date,close\n${rows.slice(0, 20).join("\n")}\n2020-01-05T00:00:00+01:00,10\n`;
  const { passport, remarks } = read(text);
  expect([passport.interval, remarks]).toEqual(["intraday", ["no bar between 2020-01-01 and 2020-01-04"]]);
});

test.each([
  ["an empty file", "", 1, 1, "the file is empty"],
  ["only a header", head, 1, 1, "there is no bar below the header"],
  ["no header", "2020-01-01,1,2,3,4,5\n", 1, 1, "has no column date"],
  ["semicolons", "Date;Open;High;Low;Close\n2020-01-01;1;1;1;1\n", 1, 1, "has no column date"],
  ["a column twice", "date,close,Close\n2020-01-01,1,1\n", 1, 12, "the column close is there twice"],
  ["the wrong order", `${good}2019-12-31,10,11,9,10,1\n`, 4, 1, '"2019-12-31" comes before the bar above it'],
  ["a duplicate", `${good}2020-01-02,10,11,9,10,1\n`, 4, 1, '"2020-01-02" is there twice'],
  ["NaN", `${good}2020-01-03,10,NaN,9,10,1\n`, 4, 15, 'high is "NaN", which is no finite number'],
  ["Infinity", `${good}2020-01-03,10,11,9,Infinity,1\n`, 4, 20, "no finite number"],
  ["hexadecimal", `${good}2020-01-03,0x10,11,9,10,1\n`, 4, 12, "no finite number"],
  ["a missing cell", `${good}2020-01-03,10,,9,10,1\n`, 4, 15, "high is missing"],
  ["too few cells", `${good}2020-01-03,10,11\n`, 4, 15, "the row has 3 cells and the header 6"],
  ["decimal commas", `${good}2020-01-03,10,5,11,5,9,10,1\n`, 4, 24, "the row has 8 cells and the header 6"],
  ["quotes", `${good}2020-01-03,"10,5",11,9,10,1\n`, 4, 12, "a cell is in quotes"],
  ["high below low", `${good}2020-01-03,10,8,9,10,1\n`, 4, 15, "high 8 is below low 9"],
  ["a close above the high", `${good}2020-01-03,10,11,9,12,1\n`, 4, 20, "close 12 lies outside of low 9 to high 11"],
  ["a negative price", `${good}2020-01-03,-10,11,9,10,1\n`, 4, 12, "open is -10, and a price is above zero"],
  ["a negative volume", `${good}2020-01-03,10,11,9,10,-1\n`, 4, 23, "volume is -1"],
  ["a split", `${good}2020-01-03,5.5,6,5,5.5,1\n`, 4, 12, "looks like a split of 2 for 1"],
  ["mixed line ends", `${good}2020-01-03,10,11,9,10,1\r\n`, 4, 25, "the line ends differ"],
  ["old line ends", "date,close\r2020-01-01,1\r", 1, 11, "a carriage return stands inside of a line"],
  ["an empty line", `${good}\n2020-01-03,10,11,9,10,1\n`, 4, 1, "the row has 1 cells"],
  ["no calendar day", `${good}2020-02-30,10,11,9,10,1\n`, 4, 1, "is no day of the calendar"],
  ["another date form", `${good}03/01/2020,10,11,9,10,1\n`, 4, 1, "is no date"],
  ["no time zone", `${good}2020-01-03T10:00:00,10,11,9,10,1\n`, 4, 1, "names no zone"],
  ["a mark inside", `${good}\ufeff2020-01-03,10,11,9,10,1\n`, 4, 1, "a byte order mark stands inside"],
  ["binary", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1]), 1, 3, "a control character"],
  ["not UTF-8", Buffer.from([0x64, 0x61, 0xff, 0x0a]), 1, 3, "is not UTF-8"],
  ["UTF-16", Buffer.from("\ufeffdate,close", "utf16le"), 1, 1, "UTF-16"],
])("refuses %s", (_name, text, line, column, problem) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: "market.data", details: { file: "own.csv", line, column } }),
  );
  expect(() => read(text)).toThrow(problem);
});

test("a jump that the user knows to be real is accepted", () => {
  expect(read(`${good}2020-01-03,5.5,6,5,5.5,1\n`, "own.csv", true).candles.close[2]).toBe(5.5);
});

test("JSON: a list of bars; errors name the place of the bar", () => {
  const bar = (date: string, close: number) => JSON.stringify({ date, close });
  const text = (second: string) => `[\n  ${bar("2020-01-01", 10)},\n  ${second}\n]`;
  expect([...read(text(bar("2020-01-02", 11)), "own.json").candles.close]).toEqual([10, 11]);
  const at = (line: number, column: number) =>
    expect.objectContaining({ code: "market.data", details: { file: "own.json", line, column } });
  expect(() => read(text(bar("2020-01-01", 11)), "own.json")).toThrow(at(3, 3));
  expect(() => read(text("7"), "own.json")).toThrow(at(3, 3));
  expect(() => read(text(bar("2020-01-02", 11)).slice(0, -3), "own.json")).toThrow("it is no JSON");
  expect(() => read("{}", "own.json")).toThrow(at(1, 1));
});

test("a million rows are read, more than the limit are not believed", () => {
  const rows = Array.from({ length: 200_000 }, (_, bar) => new Date(bar * 3_600_000).toISOString());
  const text = `date,close\n${rows.map((time) => `${time},1.5`).join("\n")}\n`;
  expect(read(text).candles.t).toHaveLength(200_000);
});
