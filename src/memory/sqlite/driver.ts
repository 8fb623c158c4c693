// The seam to the SQLite driver: prepare, run, get, all, exec, pragma, and nothing else. Another driver is one other file.
import { isRecord } from "../../contracts/json.ts";
import type { Row, SqlValue } from "../core/rows.ts";

export interface Statement {
  run(...values: readonly SqlValue[]): void;
  get(...values: readonly SqlValue[]): Row | null;
  all(...values: readonly SqlValue[]): readonly Row[];
}

export interface Driver {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  pragma(assignment: string): readonly Row[];
  close(): void;
}

/** Opens a database file that exists. The driver is loaded on first use: a command that keeps no record pays nothing. */
export async function openDriver(path: string): Promise<Driver> {
  const { default: Database } = await import("libsql");
  const database = new Database(path);
  return {
    prepare(sql) {
      const statement = database.prepare(sql);
      if (!statement.reader)
        return { run: (...values) => void statement.run(...values), get: () => null, all: () => [] };
      // Rows come as lists and get their names here: an object made by the driver costs as much again as the query.
      const names = statement.columns().map(({ name }) => name);
      statement.raw(true);
      return {
        run: (...values) => void statement.run(...values),
        get: (...values) => named(names, statement.get(...values)),
        all: (...values) => statement.all(...values).flatMap((list): readonly Row[] => [named(names, list) ?? {}]),
      };
    },
    exec: (sql) => void database.exec(sql),
    pragma: (assignment) => rows(list(database.pragma(assignment))),
    close: () => void database.close(),
  };
}

/** The SQLite result name of a thrown value, such as `SQLITE_BUSY`; empty when it is no database error. */
export function sqliteCode(thrown: unknown): string {
  if (!(thrown instanceof Error) || !("code" in thrown)) return "";
  return typeof thrown.code === "string" && thrown.code.startsWith("SQLITE_") ? thrown.code : "";
}

function named(names: readonly string[], values: unknown): Row | null {
  if (!Array.isArray(values)) return null;
  const row: Record<string, unknown> = {};
  for (let i = 0; i < names.length; i += 1) row[names[i] ?? ""] = values[i];
  return row;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function rows(values: readonly unknown[]): Row[] {
  return values.filter((value) => isRecord(value));
}
