// A user's JSON: a list of bars, each an object with the names of the CSV columns. Places are those of the bar in the text.
import { isRecord } from "../../contracts/json.ts";
import { badFile, placeOf } from "./place.ts";
import { openBarReader, type BarOptions } from "./read-bars.ts";
import type { ReadCandles } from "./read-csv.ts";

export function readJsonBars(text: string, options: Omit<BarOptions, "closeOnly">): ReadCandles {
  const { file } = options;
  const rows = parseList(text, file);
  const starts = elementStarts(text);
  const closeOnly = !(isRecord(rows[0]) && "open" in rows[0]);
  const reader = openBarReader({ ...options, closeOnly });
  rows.forEach((row, at) => {
    const place = placeOf(text, starts[at] ?? 0);
    if (!isRecord(row))
      throw badFile(file, place, `element ${at} is no object`, 'Write bars as {"date":"2020-01-31","close":1}');
    reader.add({
      place: () => place,
      cell: (field) => {
        const value = row[field];
        if (value === undefined || value === null) return undefined;
        return typeof value === "string" ? value : JSON.stringify(value);
      },
    });
  });
  return { candles: reader.close(), closeOnly };
}

function parseList(text: string, file: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const [, offset = "0"] = /position (\d+)/.exec(String(thrown)) ?? [];
    throw badFile(file, placeOf(text, Number(offset)), "it is no JSON from there on", "Export the prices again");
  }
  if (Array.isArray(value) && value.length > 0) return value;
  throw badFile(file, { line: 1, column: 1 }, "it is no list of bars", 'Write [{"date":"2020-01-31","close":1}, …]');
}

/** Offsets at which the elements of the outermost list begin. The text is known to be JSON. */
function elementStarts(text: string): readonly number[] {
  const starts: number[] = [];
  let [depth, quoted, awaited] = [0, false, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
      continue;
    }
    if (awaited && !/\s/.test(sign)) {
      starts.push(at);
      awaited = false;
    }
    if (sign === '"') quoted = true;
    else if (sign === "[" || sign === "{") depth += 1;
    else if (sign === "]" || sign === "}") depth -= 1;
    if ((sign === "[" && depth === 1 && starts.length === 0) || (sign === "," && depth === 1)) awaited = true;
  }
  return starts;
}
