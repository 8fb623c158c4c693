// Backup and restore: an export in a file of its own, synced before it takes its name. It restores into any store that holds
// nothing of it; every digest is checked before the first write.
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Imported, RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { unwritable } from "../host/durable-file.ts";

export interface BackUp {
  readonly lines: number;
  readonly bytes: number;
}

/** Writes everything the store holds, as of one moment, to `path` (mode 0600). Throws `state.unwritable`; a file that was there stays until the new one is whole. */
export async function backUp(store: RecordStore, path: string): Promise<BackUp> {
  const scratch = `${path}.${process.pid}.tmp`;
  let [lines, bytes] = [0, 0];
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(scratch, "w", 0o600);
    try {
      for await (const line of store.export()) {
        bytes += writeSync(file, `${line}\n`);
        lines += 1;
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(scratch, path);
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
    return { lines, bytes };
  } catch (thrown) {
    if (existsSync(scratch)) rmSync(scratch);
    throw thrown instanceof SwarmError ? thrown : unwritable(path, thrown);
  }
}

/** Errors: `memory.export` for a file that is missing, cut or altered; `memory.conflict` when the store holds some of it. */
export async function restore(path: string, store: RecordStore): Promise<Imported> {
  const input = createReadStream(path, "utf8");
  try {
    return await store.import(createInterface({ input, crlfDelay: Infinity }));
  } catch (thrown) {
    if (thrown instanceof SwarmError) throw thrown;
    throw new SwarmError("memory.export", `Cannot read the backup ${path}`, {
      hint: "Name a file that a backup has made",
      cause: thrown,
      details: { path },
    });
  } finally {
    input.destroy();
  }
}
