// The durable record: one SQLite file, WAL with synchronous = FULL, shared by any number of processes of this machine.
// Acknowledged means synced to disk; reads see every commit of every process.
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Entry, RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { unwritable } from "../host/durable-file.ts";
import { silentLog, type Log } from "../host/log.ts";
import { databaseFault } from "./database-fault.ts";
import { checkName, draft } from "./draft.ts";
import { openDriver, type Driver } from "./driver.ts";
import { busyPragma, openGroupCommit, whenFree } from "./group-commit.ts";
import { maxFileBytes, maxListed, writesPerSweep } from "./limits.ts";
import { live } from "./rows.ts";
import { migrate } from "./schema.ts";
import { openTable, type Table } from "./table.ts";

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
  const driver = await openFile(options);
  const { clock, path, log = silentLog } = options;
  const table = openTable(driver);
  const commits = openGroupCommit({ driver, clock, path });
  let closed = false;
  let writes = 0;

  const read = async <T>(query: () => T): Promise<T> => {
    if (closed) throw closedStore(path);
    try {
      return await whenFree({ clock }, query);
    } catch (thrown) {
      throw databaseFault(path, thrown);
    }
  };
  const write = <T>(work: (nowMs: number) => T): Promise<T> => {
    if (closed) return Promise.reject(closedStore(path));
    return commits.write((nowMs) => {
      if (writes++ % writesPerSweep === 0) table.sweep(nowMs);
      return work(nowMs);
    });
  };

  log.write("debug", "record opened", { path });
  return {
    get: (namespace, key) => read(() => live(table.find(namespace, key), clock.nowMs())),
    list: (namespace, prefix = "") => read(() => listLive(table, namespace, prefix, clock.nowMs())),
    async put(namespace, key, value, options) {
      const wanted = draft(namespace, key, value, options);
      return write((nowMs) => table.put(wanted, nowMs));
    },
    async compareAndSet(namespace, key, version, value, options) {
      const wanted = draft(namespace, key, value, options);
      return write((nowMs) => {
        const current = live(table.find(namespace, key), nowMs);
        if ((current?.version ?? 0) !== version) return { outcome: "conflict", current };
        return { outcome: "written", entry: table.put(wanted, nowMs) };
      });
    },
    async delete(namespace, key, writer) {
      checkName("writer", writer);
      return write((nowMs) => table.remove(namespace, key, writer, nowMs));
    },
    deleteNamespace: (namespace) => write((nowMs) => table.removeNamespace(namespace, nowMs)),
    async close() {
      if (closed) return;
      closed = true;
      await commits.drained();
      driver.close();
    },
  };
}

function listLive(table: Table, namespace: string, prefix: string, nowMs: number): readonly Entry[] {
  const rows = table.list(namespace, prefix, nowMs, maxListed + 1);
  if (rows.length > maxListed) {
    throw new SwarmError("memory.too-large", `Cannot list ${namespace}/${prefix}*: more than ${maxListed} entries`, {
      hint: "Use a longer prefix",
    });
  }
  return rows.map((row) => live(row, nowMs)).filter((entry) => entry !== null);
}

async function openFile({ path, clock, maxBytes = maxFileBytes }: SqliteStoreOptions): Promise<Driver> {
  makeFile(path);
  let driver: Driver | undefined;
  try {
    const opened = await openDriver(path);
    driver = opened;
    opened.pragma(busyPragma);
    await whenFree({ clock }, () => opened.pragma("journal_mode = WAL"));
    opened.pragma("synchronous = FULL");
    const pageSize = opened.pragma("page_size")[0]?.page_size;
    const pages = Math.max(1, Math.floor(maxBytes / (typeof pageSize === "number" ? pageSize : 4_096)));
    opened.pragma(`max_page_count = ${pages}`);
    await whenFree({ clock }, () => migrate(opened, path));
    return opened;
  } catch (thrown) {
    driver?.close();
    throw databaseFault(path, thrown);
  }
}

/** SQLite gives its side files the mode of the main file, so that one is made first and made private. */
function makeFile(path: string): void {
  try {
    const folder = dirname(path);
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) chmodSync(folder, 0o700);
    closeSync(openSync(path, "a", 0o600));
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function closedStore(path: string): SwarmError {
  return new SwarmError("memory.unavailable", `Cannot use the record ${path}: it is closed`, {
    hint: "Open it again",
  });
}
