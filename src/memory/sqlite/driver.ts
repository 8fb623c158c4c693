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
      return {
        run: (...values) => void statement.run(...values),
        get: (...values) => rows([statement.get(...values)])[0] ?? null,
        all: (...values) => rows(statement.all(...values)),
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

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function rows(values: readonly unknown[]): Row[] {
  return values.filter((value) => isRecord(value));
}
