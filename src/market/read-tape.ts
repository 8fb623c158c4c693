// Loads an installed price series with its passport. The file's digest is checked before a row is believed, and a range the
// series does not cover is refused with what it does cover; nothing is replaced or clipped silently.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Passport, Tape } from "../contracts/candles.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { cutTape } from "./cut-tape.ts";
import { parseCsv } from "./parse-csv.ts";
import { listSeries, listSymbols, shippedFolder, type Series } from "./read-manifest.ts";

export interface TapeRequest {
  /** First and last day wanted, YYYY-MM-DD, inclusive. Default: all the series has. */
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  /** Default: the finest interval the symbol has. */
  readonly interval?: "1d" | "1mo" | undefined;
  /** Bars kept before `start`, as far as there are any, so that indicators are warm on it. Default 0. */
  readonly warmupBars?: number | undefined;
  /** Take the part of the range that the series covers instead of refusing. Default false. */
  readonly clip?: boolean | undefined;
  /** Folder with a MANIFEST.json. Default: the shipped fixtures. */
  readonly folder?: string | undefined;
}

/** Other names people use. Only printed in the refusal, never substituted. */
const otherNames: Readonly<Record<string, string>> = {
  GOOGL: "GOOG is installed; it is the other share class",
  BTC: "BTC/USD is installed",
  BTCUSD: "BTC/USD is installed",
  "BTC-USD": "BTC/USD is installed",
  SPX: "^GSPC is installed",
  SPY: "^GSPC is installed; it is the index, not the fund",
  GSPC: "^GSPC is installed",
};

/** The tape of a symbol. Throws `market.symbol`, `market.range` or `market.data`. */
export function loadTape(symbol: string, request: TapeRequest = {}): Tape {
  const folder = request.folder ?? shippedFolder();
  const series = pick(symbol, request, folder);
  const text = readChecked(join(folder, series.file), series);
  const candles = parseCsv(text, series.closeOnly, series.file);
  return cutTape({ passport: passportOf(series), candles }, request);
}

function pick(symbol: string, request: TapeRequest, folder: string): Series {
  const all = listSeries(folder).filter((series) => series.symbol === symbol);
  if (all.length === 0) {
    const known = `installed are ${listSymbols(folder).join(", ")}`;
    const other = otherNames[symbol];
    throw new SwarmError("market.symbol", `No installed series holds ${symbol}: ${known}`, {
      hint: other === undefined ? "Ask for one of the installed symbols" : `${other}; ask for it by that name`,
      details: { symbol },
    });
  }
  const wanted = request.interval ?? (all.some((series) => series.interval === "1d") ? "1d" : "1mo");
  const series = all.find((one) => one.interval === wanted);
  if (series !== undefined && (covers(series, request) || (request.clip === true && overlaps(series, request))))
    return series;
  throw outside(symbol, wanted, request, all);
}

function covers(series: Series, { start, end }: TapeRequest): boolean {
  const ordered = start === undefined || end === undefined || start <= end;
  return ordered && (start === undefined || start >= series.first) && (end === undefined || end <= series.last);
}

function overlaps(series: Series, { start = series.first, end = series.last }: TapeRequest): boolean {
  return start <= end && start <= series.last && end >= series.first;
}

function outside(symbol: string, interval: string, request: TapeRequest, all: readonly Series[]): SwarmError {
  const from = request.start ?? "the first bar";
  const to = request.end ?? "the last bar";
  const kind = interval === "1d" ? "daily" : "monthly";
  const held = all.map((one) => `${describe(one)} ${one.first} to ${one.last}`).join(", ");
  const message = `No ${kind} bars for ${symbol} from ${from} to ${to}: installed packages hold ${symbol} ${held}`;
  return new SwarmError("market.range", message, {
    hint: "Choose --start and --end inside these dates, with the start first, or pass --clip, --data-file or --synthetic",
    details: { symbol, start: request.start ?? null, end: request.end ?? null },
  });
}

function describe(series: Series): string {
  return `${series.interval === "1d" ? "daily" : "monthly"} ${series.closeOnly ? "closes" : "bars"}`;
}

function readChecked(path: string, series: Series): string {
  const bytes = readBytes(path);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === series.sha256) return bytes.toString("utf8");
  throw new SwarmError(
    "market.data",
    `Cannot use ${path}: its sha256 is ${found}, the manifest says ${series.sha256}`,
    {
      hint: "Reinstall the package, or run node tools/extract-market.mjs in a clone",
      details: { path, found, wanted: series.sha256 },
    },
  );
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SwarmError("market.data", `Cannot read the price file ${path}`, {
      hint: "Reinstall the package, or run node tools/extract-market.mjs in a clone",
      cause,
      details: { path },
    });
  }
}

function passportOf(series: Series): Passport {
  return {
    symbol: series.symbol,
    source: `${series.package} ${series.version} ${series.sourceFile}`,
    licence: series.licence,
    interval: series.interval,
    adjustment: series.adjustment,
    closeOnly: series.closeOnly,
    survivorship: "single",
    synthetic: false,
    sha256: series.sha256,
    first: series.first,
    last: series.last,
    bars: series.rows,
  };
}
