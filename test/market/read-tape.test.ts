// Tapes come from the shipped files only: digest checked, refusals name what is installed.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { listSeries, listSymbols, shippedFolder } from "../../src/market/read-manifest.ts";
import { loadTape } from "../../src/market/read-tape.ts";

const scratch = mkdtempSync(join(tmpdir(), "market-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("the shipped symbols", () => {
  expect(listSymbols()).toEqual(["AAPL", "AMZN", "BTC/USD", "GOOG", "IBM", "MSFT", "^GSPC"]);
});

test("every shipped series loads with the rows and range of its passport", () => {
  const seen = listSeries().map((series) => {
    const { passport, candles } = loadTape(series.symbol, { interval: series.interval });
    return { file: series.file, rows: candles.close.length, first: passport.first, last: passport.last };
  });
  expect(seen).toEqual(listSeries().map(({ file, rows, first, last }) => ({ file, rows, first, last })));
});

test("AAPL daily has the bars of its source", () => {
  const { passport, candles } = loadTape("AAPL");
  expect(passport).toEqual({
    symbol: "AAPL",
    source: "@observablehq/sample-datasets 1.0.1 aapl.csv",
    licence: "ISC; the package credits Yahoo as its source",
    interval: "1d",
    adjustment: "split",
    closeOnly: false,
    survivorship: "single",
    synthetic: false,
    sha256: listSeries()[0]?.sha256,
    first: "2013-05-13",
    last: "2018-05-11",
    bars: 1260,
  });
  expect([candles.open[0], candles.high[0], candles.low[0], candles.close[0], candles.volume[0]]).toEqual([
    64.501427, 65.414284, 64.5, 64.96286, 79237200,
  ]);
});

test("a close-only series repeats the close and says so", () => {
  const { passport, candles } = loadTape("BTC/USD");
  expect(passport.closeOnly).toBe(true);
  expect([candles.open[0], candles.high[0], candles.low[0], candles.close[0], candles.volume[0]]).toEqual([
    676.18, 676.18, 676.18, 676.18, 0,
  ]);
});

test("a range is cut inclusively, with warm-up bars before it on request", () => {
  const year = loadTape("AAPL", { start: "2016-07-05", end: "2017-07-03" });
  expect([year.passport.first, year.passport.last, year.passport.bars]).toEqual(["2016-07-05", "2017-07-03", 252]);
  const warm = loadTape("AAPL", { start: "2016-07-05", end: "2017-07-03", warmupBars: 20 });
  expect([warm.passport.first, warm.passport.bars]).toEqual(["2016-06-06", 272]);
});

const refusals: readonly (readonly [string, string, Parameters<typeof loadTape>[1], string, string | RegExp])[] = [
  [
    "an unknown symbol",
    "TSLA",
    {},
    "market.symbol",
    "[market.symbol] No installed series holds TSLA: installed are AAPL, AMZN, BTC/USD, GOOG, IBM, MSFT, ^GSPC",
  ],
  [
    "a range before the data",
    "AAPL",
    { start: "2001-01-01", end: "2002-01-01" },
    "market.range",
    "[market.range] No daily bars for AAPL from 2001-01-01 to 2002-01-01: installed packages hold AAPL daily bars 2013-05-13 to 2018-05-11, monthly closes 2000-01-01 to 2010-03-01",
  ],
  [
    "a partly covered range",
    "AAPL",
    { start: "2018-01-01", end: "2019-01-01" },
    "market.range",
    /No daily bars for AAPL/,
  ],
  [
    "a range that ends before it starts",
    "AAPL",
    { start: "2017-01-03", end: "2016-01-04" },
    "market.range",
    /No daily/,
  ],
  ["a range without a bar", "AAPL", { start: "2016-01-02", end: "2016-01-03" }, "market.range", /No bar of AAPL/],
  ["daily bars of a monthly symbol", "MSFT", { interval: "1d" }, "market.range", /monthly closes 2000-01-01/],
];
test.each(refusals)("refuses %s", (_name, symbol, request, code, message) => {
  expect(() => loadTape(symbol, request)).toThrow(expect.objectContaining({ code }));
  expect(() => loadTape(symbol, request)).toThrow(message);
});

test("names the other share class without using it", () => {
  expect(() => loadTape("GOOGL")).toThrow(
    expect.objectContaining({ hint: "GOOG is installed; it is the other share class; ask for it by that name" }),
  );
});

test("refuses a file of which one digit was changed", () => {
  const folder = join(scratch, "altered");
  cpSync(shippedFolder(), folder, { recursive: true });
  const path = join(folder, "AAPL-1d.csv");
  writeFileSync(path, readFileSync(path, "utf8").replace("64.962860", "64.962861"));
  expect(() => loadTape("AAPL", { folder })).toThrow(expect.objectContaining({ code: "market.data" }));
  expect(loadTape("^GSPC", { folder }).passport.bars).toBe(5105);
});

test("refuses a folder without a manifest and one with a broken row", () => {
  expect(() => listSymbols(join(scratch, "none"))).toThrow(expect.objectContaining({ code: "market.data" }));
  const folder = join(scratch, "broken");
  cpSync(shippedFolder(), folder, { recursive: true });
  writeFileSync(join(folder, "MANIFEST.json"), JSON.stringify({ files: [{ file: "AAPL-1d.csv" }] }));
  expect(() => listSymbols(folder)).toThrow(expect.objectContaining({ code: "market.data" }));
});
