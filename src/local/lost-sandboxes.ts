// Which sandboxes a server has, on disk: a server that is killed takes them along, and the next one can say which were lost.
// Written when the set changed, at most once a second and never on the way of a request.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { replaceFile } from "../host/durable-file.ts";

const shownIds = 200;

/** Ids that the last server had when it was killed; empty after a clean end. */
export function readLost(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(value) ? value.filter((id) => typeof id === "string").slice(0, shownIds) : [];
  } catch {
    return [];
  }
}

export interface SandboxNote {
  /** Writes the ids down if they are others than last time. */
  update(ids: readonly string[]): void;
  /** A clean end loses nothing. */
  remove(): void;
}

export function noteSandboxes(path: string): SandboxNote {
  let written = "";
  return {
    update(ids) {
      const text = JSON.stringify([...ids].sort());
      if (text === written) return;
      try {
        replaceFile(path, `${text}\n`);
        written = text;
      } catch {
        // A full disk must not end the server; the next change tries again.
      }
    },
    remove: () => rmSync(path, { force: true }),
  };
}
