// A view of the whole file as it was at one commit: a read transaction on a connection of its own. Writers go on meanwhile.
import type { Clock } from "../../host/clock.ts";
import type { Snapshot } from "../core/engine.ts";
import { runStep } from "../core/step.ts";
import { databaseFault } from "./database-fault.ts";
import { openDriver } from "./driver.ts";
import { busyPragma, whenFree } from "./group-commit.ts";
import { openStatements } from "./statements.ts";

export async function openSnapshot({
  path,
  clock,
}: {
  readonly path: string;
  readonly clock: Clock;
}): Promise<Snapshot> {
  const driver = await openDriver(path);
  try {
    driver.pragma(busyPragma);
    driver.exec("BEGIN");
    // A read transaction begins with its first read, not with BEGIN.
    await whenFree({ clock }, () => driver.prepare("SELECT count(*) AS n FROM namespaces").get());
  } catch (thrown) {
    driver.close();
    throw databaseFault(path, thrown);
  }
  const answer = openStatements(driver);
  const nowMs = clock.nowMs();
  return {
    async read(step) {
      try {
        return runStep(step, (ask) => answer(ask, nowMs));
      } catch (thrown) {
        throw databaseFault(path, thrown);
      }
    },
    close: async () => driver.close(),
  };
}
