// A user's own prices, with a passport that says they are the user's. What is wrong is refused with line and column; what is only
// unusual is said in the remarks.
import { createHash } from "node:crypto";
import type { Candles, Passport, Tape } from "../../contracts/candles.ts";
import { isoDate } from "../iso-date.ts";
import { decodeText } from "./decode-text.ts";
import { readCsv } from "./read-csv.ts";
import { readJsonBars } from "./read-json-bars.ts";

export interface UserTapeOptions {
  /** For the passport and for errors; `.json` is read as JSON, everything else as CSV. */
  readonly file: string;
  readonly symbol: string;
  readonly acceptJumps?: boolean;
}

export interface UserTape extends Tape {
  readonly remarks: readonly string[];
}

const dayMs = 86_400_000;
/** A pause longer than this many usual distances between bars is remarked. */
const longPause = 5;

/** Throws `market.data` with the line and column of the first problem. */
export function readUserTape(bytes: Uint8Array, { file, symbol, acceptJumps = false }: UserTapeOptions): UserTape {
  const text = decodeText(bytes, file);
  const read = file.toLowerCase().endsWith(".json") ? readJsonBars : readCsv;
  const { candles, closeOnly } = read(text, { file, acceptJumps });
  const gap = usualGap(candles.t);
  const passport: Passport = {
    symbol,
    source: `the user's file ${file}`,
    licence: "the user's own responsibility",
    interval: intervalOf(gap),
    adjustment: "none",
    closeOnly,
    survivorship: "unknown",
    synthetic: false,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    first: isoDate(candles.t[0]),
    last: isoDate(candles.t[candles.t.length - 1]),
    bars: candles.t.length,
  };
  return { passport, candles, remarks: remarksOn(candles, gap) };
}

/** Median distance between bars, ms; one day for a single bar. */
function usualGap(t: Float64Array): number {
  const gaps = t
    .subarray(1)
    .map((time, row) => time - (t[row] ?? NaN))
    .sort();
  return gaps[Math.floor(gaps.length / 2)] ?? dayMs;
}

function intervalOf(gap: number): Passport["interval"] {
  if (gap < dayMs) return "intraday";
  if (gap < 5 * dayMs) return "1d";
  return gap < 20 * dayMs ? "1wk" : "1mo";
}

function remarksOn({ t, volume }: Candles, gap: number): readonly string[] {
  const remarks: string[] = [];
  for (let bar = 1; bar < t.length; bar += 1) {
    if ((t[bar] ?? NaN) - (t[bar - 1] ?? NaN) <= longPause * gap) continue;
    remarks.push(`no bar between ${isoDate(t[bar - 1])} and ${isoDate(t[bar])}`);
  }
  const idle = volume.reduce((sum, value) => (value === 0 ? sum + 1 : sum), 0);
  if (idle > 0 && idle < volume.length) remarks.push(`${idle} bars without volume`);
  return remarks;
}
