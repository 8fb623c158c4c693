// One change of a sandbox at a time, in the order asked for. Who waits is bounded by the requests a client may have open.
import type { LocalSandbox } from "../sandbox-table.ts";

export async function inTurn<T>(sandbox: LocalSandbox, task: () => Promise<T>): Promise<T> {
  const mine = sandbox.turn.then(task);
  sandbox.turn = mine.catch(() => undefined);
  return mine;
}
