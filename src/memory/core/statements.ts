// Every statement of the record, once, in the SQL that SQLite and PostgreSQL share. `$n` is the n-th value, `$now` the
// store's clock in ms. `lock` is added where rows are locked one by one (PostgreSQL); SQLite locks the whole file.
import { entryStatements } from "./statements-entries.ts";
import { taskStatements } from "./statements-tasks.ts";

export interface StatementText {
  readonly sql: string;
  /** Never more than one row. */
  readonly one?: true;
  readonly lock?: string;
  /** Where `lock` belongs when it is not the end. */
  readonly lockAt?: string;
}

export const statements = { ...entryStatements, ...taskStatements } as const satisfies Record<string, StatementText>;

export type StatementName = keyof typeof statements;

export function statementText(name: StatementName): StatementText {
  return statements[name];
}
