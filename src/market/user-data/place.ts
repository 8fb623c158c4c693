// Where in a user's file something is wrong, and the refusal that says so. Lines and columns count from 1.
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export function badFile(file: string, { line, column }: Place, problem: string, hint: string): SwarmError {
  return new SwarmError("market.data", `Cannot use ${file} line ${line} column ${column}: ${problem}`, {
    hint,
    details: { file, line, column },
  });
}

/** The place of an offset in a text; lines end at line feeds. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, Math.max(0, offset));
  const line = before.split("\n").length;
  return { line, column: before.length - before.lastIndexOf("\n") };
}

/** A cell as it may be shown: short, and without control characters. */
export function shown(cell: string): string {
  // The escape for control characters is the point of this line.
  const printable = cell.replaceAll(/[^\x20-\x7e\u{a0}-\u{10ffff}]/gu, "?");
  return JSON.stringify(printable.length > 40 ? `${printable.slice(0, 40)}…` : printable);
}
