// An append-only file of canonical lines. Each line is handed to the operating system before the call returns, so a crash
// of this process loses nothing that was recorded. One writer per file.
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { unwritable } from "../../src/host/durable-file.ts";
import type { FileHeader } from "../claims/types.ts";
import { canonicalLine } from "./canonical.ts";
import { refuseSecrets } from "./secrets.ts";

/** Longest line: an observation holds two texts of at most 2,000 characters and a sentence. */
export const longestLine = 32_768;

export interface LineFile {
  readonly append: (record: unknown) => void;
  readonly close: () => void;
}

/** Makes `path` (which must not exist) and writes its header. Throws `state.unwritable`, `evidence.invalid`. */
export function openLineFile(path: string, shownAs: string, header: FileHeader): LineFile {
  let file: number | null = open(path);
  const append = (record: unknown): void => {
    if (file === null) throw closed(shownAs);
    const line = canonicalLine(record);
    refuseSecrets(line, shownAs);
    if (line.length > longestLine) throw tooLong(shownAs, line.length);
    try {
      writeSync(file, `${line}\n`);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  append(header);
  return {
    append,
    close: () => {
      if (file === null) return;
      fsyncSync(file);
      closeSync(file);
      file = null;
    },
  };
}

function open(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, "ax", 0o600);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function closed(where: string): SwarmError {
  return new SwarmError("evidence.invalid", `Cannot write evidence to ${where}: the file is closed`, {
    hint: "Record before closing the run",
    details: { where },
  });
}

function tooLong(where: string, length: number): SwarmError {
  return new SwarmError(
    "evidence.invalid",
    `Cannot write evidence to ${where}: a line of ${length} characters, at most ${longestLine} are allowed`,
    { hint: "Shorten the name of what was observed; long values are cut by observed()", details: { where, length } },
  );
}
