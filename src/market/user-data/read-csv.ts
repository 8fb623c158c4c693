// A user's CSV. The header names the columns in any case and order; one kind of line end; commas between cells, no quotes.
import type { Candles } from "../../contracts/candles.ts";
import { badFile, shown, type Place } from "./place.ts";
import { openBarReader, type BarField, type BarOptions } from "./read-bars.ts";

const otherNames: Readonly<Record<string, BarField>> = {
  date: "date",
  time: "date",
  timestamp: "date",
  datetime: "date",
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  price: "close",
  volume: "volume",
};

export interface ReadCandles {
  readonly candles: Candles;
  readonly closeOnly: boolean;
}

export function readCsv(text: string, options: Omit<BarOptions, "closeOnly">): ReadCandles {
  const { file } = options;
  const lines = splitLines(text, file);
  const header = (lines[0] ?? "").split(",");
  const columns = columnsOf(header, file);
  const closeOnly = !columns.has("open");
  const reader = openBarReader({ ...options, closeOnly });
  if (lines.length < 2)
    throw badFile(file, { line: 1, column: 1 }, "there is no bar below the header", "Export the prices again");
  for (let row = 1; row < lines.length; row += 1) {
    const cells = (lines[row] ?? "").split(",");
    checkCells(cells, header.length, row + 1, file);
    reader.add({
      place: (field) => placeOfCell(cells, columns.get(field) ?? 0, row + 1),
      cell: (field) => cells[columns.get(field) ?? -1],
    });
  }
  return { candles: reader.close(), closeOnly };
}

/** Lines without their ends; one empty line at the end is not counted. */
function splitLines(text: string, file: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const windows = (lines[0] ?? "").endsWith("\r");
  return lines.map((line, row) => {
    const last = row === lines.length - 1 && !text.endsWith("\n");
    if (!last && line.endsWith("\r") !== windows) {
      const end = { line: row + 1, column: line.length + 1 };
      throw badFile(file, end, "the line ends differ: parts of several files?", "Save it with one kind of line end");
    }
    const own = windows && line.endsWith("\r") ? line.slice(0, -1) : line;
    const carriage = own.indexOf("\r");
    if (carriage < 0) return own;
    throw badFile(
      file,
      { line: row + 1, column: carriage + 1 },
      "a carriage return stands inside of a line",
      "Save it with line feeds",
    );
  });
}

function columnsOf(header: readonly string[], file: string): ReadonlyMap<BarField, number> {
  const columns = new Map<BarField, number>();
  header.forEach((name, at) => {
    const field = otherNames[name.trim().toLowerCase()];
    if (field === undefined) return;
    if (columns.has(field))
      throw badFile(file, placeOfCell(header, at, 1), `the column ${field} is there twice`, "Keep one of them");
    columns.set(field, at);
  });
  const ranged = (["open", "high", "low"] as const).some((field) => columns.has(field));
  const wanted: readonly BarField[] = ranged ? ["date", "open", "high", "low", "close"] : ["date", "close"];
  const missing = wanted.find((field) => !columns.has(field));
  if (missing === undefined) return columns;
  const semicolons = header.length === 1 && (header[0] ?? "").includes(";");
  throw badFile(
    file,
    { line: 1, column: 1 },
    `the header ${shown(header.join(","))} has no column ${missing}`,
    semicolons
      ? "Put commas between the cells, and points into the numbers"
      : "The first line names date,open,high,low,close,volume or date,close",
  );
}

function checkCells(cells: readonly string[], wanted: number, line: number, file: string): void {
  const quoted = cells.findIndex((cell) => cell.includes('"'));
  if (quoted >= 0) {
    throw badFile(file, placeOfCell(cells, quoted, line), "a cell is in quotes", "Write plain numbers and dates");
  }
  if (cells.length === wanted) return;
  const more = cells.length > wanted;
  throw badFile(
    file,
    placeOfCell(cells, Math.min(cells.length - 1, wanted), line),
    `the row has ${cells.length} cells and the header ${wanted}`,
    more ? "Write numbers with a decimal point, not a comma" : "Give every cell of the bar",
  );
}

function placeOfCell(cells: readonly string[], at: number, line: number): Place {
  const before = cells.slice(0, at).reduce((sum, cell) => sum + cell.length + 1, 0);
  return { line, column: before + 1 };
}
