// Files that survive: written whole to a neighbour, synced, put in their place in one step, the folder synced too.
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join, basename } from "node:path";
import { SwarmError } from "../contracts/swarm-error.ts";

/** Replaces `path` atomically with mode 0600 (folder 0700). Throws `state.unwritable` and leaves the old file untouched. */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  putFile(path, text, mode, (scratch) => renameSync(scratch, path));
}

/** Makes `path`, whole or not at all, with mode 0600. False when it is there already. Throws `state.unwritable`. */
export function createFile(path: string, text: string): boolean {
  let isNew = true;
  putFile(path, text, 0o600, (scratch) => {
    try {
      linkSync(scratch, path);
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
      isNew = false;
    }
    rmSync(scratch);
  });
  return isNew;
}

function putFile(path: string, text: string, mode: number, place: (scratch: string) => void): void {
  const folder = dirname(path);
  const scratch = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = openSync(scratch, "w", mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    place(scratch);
    syncFolder(folder);
  } catch (cause) {
    rmSync(scratch, { force: true });
    throw unwritable(path, cause);
  }
}

export function unwritable(path: string, cause: unknown): SwarmError {
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new SwarmError("state.unwritable", `Cannot write ${path}: ${reason}`, {
    hint: /ENOSPC|EDQUOT|FULL/.test(reason)
      ? "The disk is full: free space on it, or set E2B_SWARM_STATE to a folder on another one"
      : "Run in a folder you may write to, or set E2B_SWARM_STATE to one",
    cause,
    details: { path, reason },
  });
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
