// The shared statements on SQLite: places become question marks in the order of their use, and `$now` one of them.
import { statementText, type StatementName } from "../core/statements.ts";
import type { Ask } from "../core/step.ts";
import type { Row, SqlValue } from "../core/rows.ts";
import type { Driver, Statement } from "./driver.ts";

interface Prepared {
  readonly statement: Statement;
  /** Place of each question mark's value; null is the clock. */
  readonly order: readonly (number | null)[];
  readonly hasRows: boolean;
  /** Asking for the one row is cheaper than for all. */
  readonly isOne: boolean;
}

/** Answers asks on a connection; statements are prepared on first use. */
export function openStatements(driver: Driver): (ask: Ask, nowMs: number) => readonly Row[] {
  const prepared = new Map<StatementName, Prepared>();
  return ({ statement: name, values }, nowMs) => {
    const known = prepared.get(name) ?? prepare(driver, name);
    prepared.set(name, known);
    const { statement, order, hasRows, isOne } = known;
    const bound = order.map((place): SqlValue => (place === null ? nowMs : (values[place] ?? null)));
    if (isOne) {
      const row = statement.get(...bound);
      return row === null ? [] : [row];
    }
    if (hasRows) return statement.all(...bound);
    statement.run(...bound);
    return [];
  };
}

function prepare(driver: Driver, name: StatementName): Prepared {
  const { sql, one: isOne = false } = statementText(name);
  const order: (number | null)[] = [];
  const text = sql.replace(/\$(now|\d+)/g, (_, place: string) => {
    order.push(place === "now" ? null : Number(place) - 1);
    return "?";
  });
  const hasRows = /^\s*SELECT|\bRETURNING\b/.test(sql);
  return { statement: driver.prepare(text), order, hasRows, isOne };
}
