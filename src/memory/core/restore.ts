// Rows of an export and back. Positions, versions and tokens are restored as they were, into a namespace that is not there.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { integer, type SqlValue } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";

export type RestoreRow = {
  readonly into: "restoreQueue" | "restoreTask" | "setEntry" | "appendLog" | "setLease";
  readonly values: readonly SqlValue[];
};
export type RestoreAsk = {
  readonly namespace: string;
  /** Present in the first request for a namespace. */
  readonly begin: { readonly seq: number; readonly floor: number } | null;
  readonly rows: readonly RestoreRow[];
};

export function* restoreRows({ namespace, begin, rows }: RestoreAsk): Step<null> {
  if (begin !== null) {
    if (!(yield* isUntouched(namespace))) throw taken(namespace);
    yield* rowsOf("restoreNamespace", namespace, begin.seq, begin.floor);
  }
  for (const { into, values } of rows) yield* rowsOf(into, ...values);
  return null;
}

function* isUntouched(namespace: string): Step<boolean> {
  const row = yield* rowOf("namespace", namespace);
  if (row === null) return true;
  if (integer(row, "seq") > 0 || integer(row, "version_floor") > 0) return false;
  if ((yield* rowOf("dumpLeases", namespace, "", 1)) !== null) return false;
  return (yield* rowOf("dumpQueues", namespace, "", 1)) === null;
}

function taken(namespace: string): SwarmError {
  return new SwarmError("memory.conflict", `Cannot import namespace ${namespace}: this record already knows it`, {
    hint: "Import into an empty record",
    details: { namespace },
  });
}
