// CSV text of prices into columns. Dates must ascend strictly; NaN, high < low and missing cells are refused, never repaired.
import type { Candles } from "../contracts/candles.ts";
import { SwarmError } from "../contracts/swarm-error.ts";

const headers = { full: "date,open,high,low,close,volume", closeOnly: "date,close" } as const;

/** Parses one series. `file` is only for the error text. Throws `market.data`. */
export function parseCsv(text: string, closeOnly: boolean, file: string): Candles {
  const lines = text.split("\n").filter((line) => line !== "");
  const wanted = closeOnly ? headers.closeOnly : headers.full;
  if (lines[0] !== wanted) throw bad(file, 1, `the header is ${lines[0] ?? "missing"} but must be ${wanted}`);
  const candles = emptyCandles(lines.length - 1);
  for (let row = 1; row < lines.length; row += 1) {
    const problem = readRow(candles, row - 1, (lines[row] ?? "").split(","), closeOnly);
    if (problem !== undefined) throw bad(file, row + 1, problem);
  }
  return candles;
}

function emptyCandles(bars: number): Candles {
  return {
    t: new Float64Array(bars),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars),
  };
}

function readRow(candles: Candles, at: number, cells: readonly string[], closeOnly: boolean): string | undefined {
  const [date = ""] = cells;
  const t = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  const numbers = cells.slice(1).map((cell) => (cell.trim() === "" ? NaN : Number(cell)));
  if (Number.isNaN(t)) return `${date} is no date of the form YYYY-MM-DD`;
  if (at > 0 && t <= (candles.t[at - 1] ?? NaN)) return `${date} does not come after the row before it`;
  if (numbers.length !== (closeOnly ? 1 : 5) || !numbers.every((value) => Number.isFinite(value))) {
    return "a cell is missing or no finite number";
  }
  const [first = NaN, high = first, low = first, close = first, volume = 0] = numbers;
  if (Math.min(first, high, low, close) <= 0 || volume < 0) return "a price is not above zero or a volume is negative";
  if (high < Math.max(first, close, low) || low > Math.min(first, close)) return "high and low do not enclose the bar";
  candles.t[at] = t;
  candles.open[at] = first;
  candles.high[at] = high;
  candles.low[at] = low;
  candles.close[at] = close;
  candles.volume[at] = volume;
  return undefined;
}

function bad(file: string, line: number, problem: string): SwarmError {
  return new SwarmError("market.data", `Cannot use ${file} line ${line}: ${problem}`, {
    hint: "Correct the file; rows are never repaired or dropped",
    details: { file, line },
  });
}
