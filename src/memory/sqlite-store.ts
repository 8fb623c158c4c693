// The durable record: one SQLite file, WAL with synchronous = FULL, shared by any number of processes of this machine.
// Acknowledged means synced to disk; reads see every commit of every process.
import type { RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { silentLog, type Log } from "../host/log.ts";
import { maxFileBytes } from "./core/limits.ts";
import { openNews } from "./core/news.ts";
import { openStore } from "./core/open-store.ts";
import { runStepEager, type Ask, type Step } from "./core/step.ts";
import type { Row } from "./core/rows.ts";
import { databaseFault, isBusy } from "./sqlite/database-fault.ts";
import { openFile } from "./sqlite/file.ts";
import { whenFree } from "./sqlite/group-commit.ts";
import { openLink, type Link } from "./sqlite/link.ts";
import { openOwnWriter } from "./sqlite/own-writer.ts";
import { openSnapshot } from "./sqlite/snapshot.ts";
import { openStatements } from "./sqlite/statements.ts";

export interface SqliteStoreOptions {
  /** Database file; made with mode 0600 in a folder of mode 0700 when missing. */
  readonly path: string;
  readonly clock: Clock;
  readonly log?: Log;
  /** Largest file in bytes, default 4 GiB; beyond it writes fail with `state.unwritable` and nothing is lost. */
  readonly maxBytes?: number;
}

/**
 * Opens the record. Errors: `state.unwritable`, `state.corrupt`, `state.newer`, `memory.unavailable`.
 * A key's first version is 1, unless its namespace once dropped keys for good: then it starts above all of them.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<RecordStore> {
  const { clock, path, log = silentLog, maxBytes = maxFileBytes } = options;
  const driver = await openFile({ path, clock, maxBytes });
  const answer = openStatements(driver);
  const news = openNews(clock);
  const committed = (namespace: string): void => {
    news.ring(namespace);
    link.tell(namespace);
  };
  const writer = openOwnWriter({ driver, clock, path, committed });
  const link: Link = openLink({ path, clock, writer, news: news.ring });
  let closed = false;
  const ready = (): void => {
    if (closed) throw closedStore(path);
  };
  log.write("debug", "record opened", { path });
  return openStore({
    async write(request) {
      ready();
      return link.write(request);
    },
    async read<T>(step: Step<T>) {
      ready();
      const now = (ask: Ask): readonly Row[] => answer(ask, clock.nowMs());
      const again = (ask: Ask, thrown: unknown): Promise<readonly Row[]> => {
        if (thrown !== null && !isBusy(thrown)) return Promise.reject(databaseFault(path, thrown));
        return whenFree({ clock }, () => now(ask));
      };
      try {
        return await runStepEager(step, now, again);
      } catch (thrown) {
        throw databaseFault(path, thrown);
      }
    },
    snapshot: () => openSnapshot({ path, clock }),
    news(namespace, ms, signal) {
      if (!closed) link.listen();
      return news.wait(namespace, ms, signal);
    },
    async close() {
      if (closed) return;
      closed = true;
      await link.close();
      news.ringAll();
      driver.close();
    },
  });
}

function closedStore(path: string): SwarmError {
  return new SwarmError("memory.unavailable", `Cannot use the record ${path}: it is closed`, {
    hint: "Open it again",
  });
}
