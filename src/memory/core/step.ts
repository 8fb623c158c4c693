// What the record does is written once, as steps: generators that ask for rows by the name of a statement and are told
// them. Without a disk, on SQLite at once, or over a network later: the same step runs on each.
import type { Row, SqlValue } from "./rows.ts";
import type { StatementName } from "./statements.ts";

export interface Ask {
  readonly statement: StatementName;
  readonly values: readonly SqlValue[];
}

export type Step<T> = Generator<Ask, T, readonly Row[]>;

/** Asks for the rows of a statement. */
export function* rowsOf(statement: StatementName, ...values: readonly SqlValue[]): Step<readonly Row[]> {
  return yield { statement, values };
}

/** The first row, or null. */
export function* rowOf(statement: StatementName, ...values: readonly SqlValue[]): Step<Row | null> {
  const rows = yield { statement, values };
  return rows[0] ?? null;
}

/** Runs a step where rows are had at once. */
export function runStep<T>(step: Step<T>, answer: (ask: Ask) => readonly Row[]): T {
  let next = step.next();
  while (next.done !== true) next = step.next(answer(next.value));
  return next.value;
}

/** Runs a step where rows are nearly always had at once; `again` waits for those that were not. */
export function runStepEager<T>(step: Step<T>, answer: (ask: Ask) => readonly Row[], again: Again): T | Promise<T> {
  let next = step.next();
  while (next.done !== true) {
    const ask = next.value;
    let rows: readonly Row[];
    try {
      rows = answer(ask);
    } catch (thrown) {
      return again(ask, thrown).then((late) => goOn(step, late, (one) => again(one, null)));
    }
    next = step.next(rows);
  }
  return next.value;
}

/** Asks again after what was thrown; throws it when waiting does not help. */
export type Again = (ask: Ask, thrown: unknown) => Promise<readonly Row[]>;

async function goOn<T>(step: Step<T>, rows: readonly Row[], answer: (ask: Ask) => Promise<readonly Row[]>): Promise<T> {
  let next = step.next(rows);
  while (next.done !== true) next = step.next(await answer(next.value));
  return next.value;
}

/** Runs a step where rows are waited for. */
export async function runStepLater<T>(step: Step<T>, answer: (ask: Ask) => Promise<readonly Row[]>): Promise<T> {
  let next = step.next();
  while (next.done !== true) next = step.next(await answer(next.value));
  return next.value;
}
