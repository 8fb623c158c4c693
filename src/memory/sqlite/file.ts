// Opening the file: made private, WAL, synced on every commit, of bounded size, with the present tables.
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../host/clock.ts";
import { unwritable } from "../../host/durable-file.ts";
import { databaseFault } from "./database-fault.ts";
import { openDriver, type Driver } from "./driver.ts";
import { busyPragma, whenFree } from "./group-commit.ts";
import { migrate } from "./schema.ts";

export interface FileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Largest file in bytes. */
  readonly maxBytes: number;
}

/** A connection that may write. Errors: `state.unwritable`, `state.corrupt`, `state.newer`, `memory.unavailable`. */
export async function openFile({ path, clock, maxBytes }: FileOptions): Promise<Driver> {
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
