// Rows of cells as aligned columns without borders, so that a pipe can cut them. Numbers stand right.

export type Cell = string | number | boolean | null;

/** One line per row under a header line; two spaces between columns, no trailing spaces. */
export function alignedTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [header, ...rows.map((row) => row.map((cell) => (cell === null ? "-" : String(cell))))];
  const widths = header.map((_, column) => Math.max(...texts.map((row) => (row[column] ?? "").length)));
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (right[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return texts.map(line).join("\n");
}

/** `name  value` lines, the names padded to one width. */
export function alignedPairs(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value === null ? "-" : String(value)}`).join("\n");
}
