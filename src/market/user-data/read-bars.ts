// Rows of a user's prices become columns. Order, gaps in a row, signs and ranges are checked row by row; nothing is repaired,
// filled in or dropped, and the first problem is named with its place.
import type { Candles } from "../../contracts/candles.ts";
import { badFile, shown, type Place } from "./place.ts";

export const barFields = ["date", "open", "high", "low", "close", "volume"] as const;
export type BarField = (typeof barFields)[number];

/** Most bars of one series. */
export const mostBars = 5_000_000;

/** Text of each field that the file has, and where it stands. */
export interface Row {
  readonly place: (field: BarField) => Place;
  readonly cell: (field: BarField) => string | undefined;
}

export interface BarReader {
  readonly add: (row: Row) => void;
  readonly close: () => Candles;
}

export interface BarOptions {
  readonly file: string;
  readonly closeOnly: boolean;
  /** Accept a change of the price that looks like a split. */
  readonly acceptJumps: boolean;
}

export function openBarReader(options: BarOptions): BarReader {
  const { file } = options;
  const columns: Record<"t" | "open" | "high" | "low" | "close" | "volume", number[]> = {
    t: [],
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
  };
  return {
    add(row) {
      if (columns.t.length === mostBars)
        throw badFile(file, row.place("date"), `it has more than ${mostBars} bars`, "Split it");
      const t = timeOf(row, columns.t.at(-1), file);
      const bar = options.closeOnly ? closeBar(row, file) : fullBar(row, file);
      if (!options.acceptJumps) checkJump(columns.close.at(-1), bar.open, row.place("open"), file);
      columns.t.push(t);
      columns.open.push(bar.open);
      columns.high.push(bar.high);
      columns.low.push(bar.low);
      columns.close.push(bar.close);
      columns.volume.push(bar.volume);
    },
    close: () => ({
      t: Float64Array.from(columns.t),
      open: Float64Array.from(columns.open),
      high: Float64Array.from(columns.high),
      low: Float64Array.from(columns.low),
      close: Float64Array.from(columns.close),
      volume: Float64Array.from(columns.volume),
    }),
  };
}

interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

function closeBar(row: Row, file: string): Bar {
  const close = priceOf(row, "close", file);
  return { open: close, high: close, low: close, close, volume: 0 };
}

function fullBar(row: Row, file: string): Bar {
  const [open, high, low, close] = (["open", "high", "low", "close"] as const).map((field) =>
    priceOf(row, field, file),
  );
  const bar = { open: open ?? NaN, high: high ?? NaN, low: low ?? NaN, close: close ?? NaN };
  const order = "Sort out which column is which, or drop the bar at its source";
  if (bar.high < bar.low) throw badFile(file, row.place("high"), `high ${bar.high} is below low ${bar.low}`, order);
  for (const field of ["open", "close"] as const) {
    if (bar[field] <= bar.high && bar[field] >= bar.low) continue;
    const problem = `${field} ${bar[field]} lies outside of low ${bar.low} to high ${bar.high}`;
    throw badFile(file, row.place(field), problem, order);
  }
  return { ...bar, volume: row.cell("volume") === undefined ? 0 : volumeOf(row, file) };
}

function priceOf(row: Row, field: BarField, file: string): number {
  const value = numberOf(row, field, file);
  if (value > 0) return value;
  throw badFile(file, row.place(field), `${field} is ${value}, and a price is above zero`, "Correct it at its source");
}

function volumeOf(row: Row, file: string): number {
  const value = numberOf(row, "volume", file);
  if (value >= 0) return value;
  throw badFile(file, row.place("volume"), `volume is ${value}, which is negative`, "Correct it at its source");
}

const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberOf(row: Row, field: BarField, file: string): number {
  const text = (row.cell(field) ?? "").trim();
  const value = plainNumber.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  const place = row.place(field);
  if (text === "") throw badFile(file, place, `${field} is missing`, "Leave out the whole bar, or give its value");
  if (/^[+-]?[\d.]*,\d+$/.test(text)) {
    throw badFile(
      file,
      place,
      `${field} is ${shown(text)}, with a decimal comma`,
      "Write numbers with a decimal point",
    );
  }
  throw badFile(
    file,
    place,
    `${field} is ${shown(text)}, which is no finite number`,
    "Leave out the whole bar, or give its value",
  );
}

const isoDay = /^\d{4}-\d{2}-\d{2}$/;
const isoTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

function timeOf(row: Row, before: number | undefined, file: string): number {
  const text = (row.cell("date") ?? "").trim();
  const place = row.place("date");
  const t = parseTime(text, place, file);
  if (before === undefined || t > before) return t;
  const problem = t === before ? "is there twice" : "comes before the bar above it";
  throw badFile(file, place, `the date ${shown(text)} ${problem}`, "Give every bar once, oldest first");
}

function parseTime(text: string, place: Place, file: string): number {
  const day = isoDay.test(text);
  if (!day && !isoTime.test(text)) {
    throw badFile(file, place, `${shown(text)} is no date`, "Write dates as 2020-01-31, times as 2020-01-31T15:00:00Z");
  }
  if (!day && !/(Z|[+-]\d{2}:?\d{2})$/.test(text)) {
    throw badFile(file, place, `the time ${shown(text)} names no zone`, "Add Z for UTC, or an offset such as -05:00");
  }
  const t = Date.parse(day ? `${text}T00:00:00Z` : text.replace(" ", "T"));
  // Date.parse takes the thirty-first of February for March.
  const exists =
    !Number.isNaN(t) && new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
  if (exists) return t;
  throw badFile(file, place, `${shown(text)} is no day of the calendar`, "Correct it at its source");
}

const splitRatios = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100];
const splitTolerance = 0.02;

/** An unadjusted split looks like a crash: a change of almost exactly n to 1 between a close and the next open. */
function checkJump(before: number | undefined, open: number, place: Place, file: string): void {
  if (before === undefined) return;
  const ratio = before > open ? before / open : open / before;
  const n = splitRatios.find((wanted) => Math.abs(ratio / wanted - 1) <= splitTolerance);
  if (n === undefined) return;
  const kind = before > open ? `${n} for 1` : `1 for ${n}`;
  throw badFile(
    file,
    place,
    `the price goes from ${before} to ${open}, which looks like a split of ${kind} that was not adjusted for`,
    "Adjust the prices, or pass --accept-jumps when the change is real",
  );
}
