// Values of a statement by place, checked: the maps hold what the steps meant, or the program stops.
import { invariant } from "../../contracts/invariant.ts";
import type { SqlValue } from "../core/rows.ts";

export function str(values: readonly SqlValue[], at: number): string {
  const value = values[at];
  invariant(typeof value === "string", `value ${at} is text`);
  return value;
}

export function num(values: readonly SqlValue[], at: number): number {
  const value = values[at];
  invariant(typeof value === "number", `value ${at} is a number`);
  return value;
}

export function strOrNull(values: readonly SqlValue[], at: number): string | null {
  return values[at] === null ? null : str(values, at);
}

export function numOrNull(values: readonly SqlValue[], at: number): number | null {
  return values[at] === null ? null : num(values, at);
}

/** As SQLite and PostgreSQL (collation "C") order text: by UTF-8 bytes. JavaScript would order by UTF-16 units. */
export function byBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
