// GitHub tables, line by line. A cell ends at a pipe that is neither escaped nor inside a code span.
import { mostCells } from "../limits.ts";

/** Cells of a row, trimmed, still with their marks. */
export function rowCells(line: string): readonly string[] {
  const cells: string[] = [];
  let cell = "";
  let code = false;
  for (let at = 0; at < line.length && cells.length < mostCells; at += 1) {
    const char = line.charAt(at);
    if (char === "\\" && line.charAt(at + 1) === "|") {
      cell += "|";
      at += 1;
    } else if (char === "|" && !code) {
      cells.push(cell.trim());
      cell = "";
    } else {
      if (char === "`") code = !code;
      cell += char;
    }
  }
  if (cells.length < mostCells) cells.push(cell.trim());
  if (cells[0] === "") cells.shift();
  if (cells.at(-1) === "") cells.pop();
  return cells;
}

/** The line under a header: `|---|:-:|`. */
export function isRule(line: string): boolean {
  if (!line.includes("-") || line.length > 4000) return false;
  const cells = rowCells(line);
  return (line.includes("|") || cells.length > 1) && cells.length > 0 && cells.every((cell) => /^:?-+:?$/.test(cell));
}
