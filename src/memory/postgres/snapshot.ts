// A view of all tables as they were at one commit.
import type { Snapshot } from "../core/engine.ts";
import { runStepLater } from "../core/step.ts";
import { snapshotIdleMs } from "../core/limits.ts";
import { connect, type Server } from "./connection.ts";
import { serverFault } from "./server-fault.ts";

export async function openSnapshot(server: Server, name: string): Promise<Snapshot> {
  try {
    const connection = await connect(server, snapshotIdleMs);
    await connection.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return {
      read: async (step) => {
        try {
          return await runStepLater(step, (ask) => connection.answer(ask));
        } catch (thrown) {
          throw serverFault(name, thrown);
        }
      },
      close: () => connection.close(),
    };
  } catch (thrown) {
    throw serverFault(name, thrown);
  }
}
