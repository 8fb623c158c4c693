// Copies the price series the package ships out of four data files of development dependencies into fixtures/market/.
// The source digests are pinned here (reference: trading.md 1.1); another digest stops the extraction. Rows are never trimmed.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "fixtures/market");
const require = createRequire(import.meta.url);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const months = { Jan: 1, Feb: 2, Mar: 3, Apr: 4, May: 5, Jun: 6, Jul: 7, Aug: 8, Sep: 9, Oct: 10, Nov: 11, Dec: 12 };

const sources = {
  aapl: {
    package: "@observablehq/sample-datasets",
    version: "1.0.1",
    licence: "ISC; the package credits Yahoo as its source",
    path: require.resolve("@observablehq/sample-datasets/aapl.csv"),
    name: "aapl.csv",
    sha256: "18dc8bf6542da26625d992544a619a5fc210d6dfc799e81ab7fb7f9edbc21f9a",
  },
  sp500: {
    package: "vega-datasets",
    version: "3.2.1",
    licence: "BSD-3-Clause package; names no licence for this data set; source Yahoo",
    path: join(dirname(require.resolve("vega-datasets")), "../data/sp500-2000.csv"),
    name: "data/sp500-2000.csv",
    sha256: "9409e9342d0657c747324e4cfabce8a8c7f663bc485b95a3378f36b0a160f8c8",
  },
  stocks: {
    package: "vega-datasets",
    version: "3.2.1",
    licence: "BSD-3-Clause package; names no licence for this data set; source Yahoo",
    path: join(dirname(require.resolve("vega-datasets")), "../data/stocks.csv"),
    name: "data/stocks.csv",
    sha256: "f9953ac6693e587476b4ebf2f0b00d9bb95371ca8c39da4cc6155077b3e417cd",
  },
  bitcoin: {
    package: "@visx/mock-data",
    version: "4.0.0",
    licence: "MIT",
    path: join(dirname(require.resolve("@visx/mock-data")), "mocks/bitcoinPrice.js"),
    name: "lib/mocks/bitcoinPrice.js",
    sha256: "7a4f0547bf260400928f5fd862ee038e9329da195d1bf09d21116ba9545a9fef",
  },
};

function source(key) {
  const one = sources[key];
  const bytes = readFileSync(one.path);
  const found = sha256(bytes);
  if (found !== one.sha256) throw new Error(`${one.package} ${one.name} has sha256 ${found}, wanted ${one.sha256}`);
  const installed = JSON.parse(readFileSync(join(root, "node_modules", one.package, "package.json"), "utf8")).version;
  if (installed !== one.version) throw new Error(`${one.package} is ${installed}, wanted ${one.version}`);
  return bytes.toString("utf8");
}

const rows = (text) =>
  text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
const ohlcv = (text) =>
  rows(text).map(([date, open, high, low, close, , volume]) => [date, open, high, low, close, volume]);
const isoMonth = (text) => {
  const [month, day, year] = text.split(" ");
  return `${year}-${String(months[month]).padStart(2, "0")}-${day.padStart(2, "0")}`;
};

function monthly(symbol) {
  return rows(source("stocks"))
    .filter(([name]) => name === symbol)
    .map(([, date, price]) => [isoMonth(date), price]);
}

async function bitcoin() {
  source("bitcoin");
  const { prices } = require("@visx/mock-data").bitcoinPrice;
  return prices.map(({ price, time }) => [time.slice(0, 10), price]).reverse();
}

const daily = { interval: "1d", adjustment: "split", closeOnly: false };
const closes = { interval: "1mo", adjustment: "split+dividend", closeOnly: true };
const series = [
  { file: "AAPL-1d.csv", symbol: "AAPL", from: "aapl", ...daily, data: ohlcv(source("aapl")) },
  { file: "GSPC-1d.csv", symbol: "^GSPC", from: "sp500", ...daily, adjustment: "none", data: ohlcv(source("sp500")) },
  ...["AAPL", "AMZN", "GOOG", "IBM", "MSFT"].map((symbol) => ({
    file: `${symbol}-1mo.csv`,
    symbol,
    from: "stocks",
    ...closes,
    data: monthly(symbol),
  })),
  {
    file: "BTCUSD-1d.csv",
    symbol: "BTC/USD",
    from: "bitcoin",
    interval: "1d",
    adjustment: "none",
    closeOnly: true,
    data: await bitcoin(),
  },
];

mkdirSync(folder, { recursive: true });
const files = series.map(({ file, from, data, ...rest }) => {
  const header = rest.closeOnly ? "date,close" : "date,open,high,low,close,volume";
  const text = `${[header, ...data.map((row) => row.join(","))].join("\n")}\n`;
  writeFileSync(join(folder, file), text);
  const { package: name, version, licence, name: sourceFile, sha256: sourceSha256 } = sources[from];
  const range = { rows: data.length, first: data[0][0], last: data.at(-1)[0] };
  return { file, ...rest, ...range, sha256: sha256(text), package: name, version, licence, sourceFile, sourceSha256 };
});
const note = "Written by tools/extract-market.mjs from development dependencies; digests are of whole files";
writeFileSync(join(folder, "MANIFEST.json"), `${JSON.stringify({ note, files }, null, 2)}\n`);
for (const { file, symbol, rows, first, last } of files)
  console.log(`${file} ${symbol} ${rows} rows ${first} to ${last}`);
