// The statements of the record over plain maps: what a database does for the others, done by hand, row for row.
import type { Ask } from "../core/step.ts";
import type { Row, SqlValue } from "../core/rows.ts";
import { emptyEntries, entryAnswers, type EntryTables } from "./entry-tables.ts";
import { taskAnswers, type TaskTables } from "./task-tables.ts";
import type { StatementName } from "../core/statements.ts";

/** A statement: its values and the store's clock in, rows out. */
export type Answer = (values: readonly SqlValue[], nowMs: number) => readonly Row[];

export type EntryStatement = Exclude<StatementName, TaskStatement>;
export type TaskStatement = keyof ReturnType<typeof taskAnswers>;

export interface Tables {
  answer(ask: Ask, nowMs: number): readonly Row[];
  /** The tables as they are now, for good. */
  copy(): Tables;
}

export function openTables(entries: EntryTables = emptyEntries(), tasks: TaskTables = new Map()): Tables {
  const answers = { ...entryAnswers(entries), ...taskAnswers(tasks) } satisfies Record<StatementName, Answer>;
  return {
    answer: ({ statement, values }, nowMs) => answers[statement](values, nowMs),
    copy: () => openTables(structuredClone(entries), structuredClone(tasks)),
  };
}
