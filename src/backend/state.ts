// What this folder has started: `.swarm/cli-state.json`, mode 0600, versioned, replaced whole under a lock. A file that
// cannot be read as state is named and kept, never overwritten.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { replaceFile } from "../host/durable-file.ts";
import { acquireLock } from "../host/file-lock.ts";

const stateVersion = 1;

export interface RecordedSandbox {
  readonly id: string;
  readonly name: string;
  readonly template: string;
  readonly created_at: string;
  readonly end_at: string;
  readonly target: string;
}
export interface RecordedAgent {
  readonly id: string;
  readonly type: string;
  readonly sandbox_id: string;
  readonly symbols: readonly string[];
  readonly deployed_at: string;
}
export interface State {
  readonly version: number;
  readonly last_update: string;
  readonly sandboxes: readonly RecordedSandbox[];
  readonly agents: readonly RecordedAgent[];
}

export interface StateFile {
  readonly path: string;
  read(): State;
  /** Reads, changes and replaces under the lock, so that two commands at once lose nothing. */
  update(change: (state: State) => State): Promise<State>;
}

/** The state of `folder`; nothing is touched until the first update. */
export function openState(folder: string, clock: Clock): StateFile {
  const path = join(folder, ".swarm", "cli-state.json");
  const read = (): State => parseState(path);
  return {
    path,
    read,
    async update(change) {
      const lock = await acquireLock(`${path}.lock`, clock);
      try {
        const last_update = new Date(clock.nowMs()).toISOString();
        const next = { ...change(read()), version: stateVersion, last_update };
        replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
        return next;
      } finally {
        lock.release();
      }
    },
  };
}

function parseState(path: string): State {
  const empty: State = { version: stateVersion, last_update: "", sandboxes: [], agents: [] };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return empty;
    throw new SwarmError("state.corrupt", `Cannot read ${path}: it exists but is not readable`, {
      hint: `Give yourself the right to read it: chmod 600 ${path}`,
      cause: error,
    });
  }
  const value = parseJson(text, path);
  if (!isRecord(value) || typeof value.version !== "number") throw corrupt(path, "it has no version number");
  if (value.version > stateVersion) {
    throw new SwarmError(
      "state.newer",
      `Cannot use ${path}: it has version ${value.version}, this program knows ${stateVersion}`,
      { hint: "Update e2b-swarm, or move the file away" },
    );
  }
  const { sandboxes, agents } = value;
  if (!isListOf(sandboxes, isSandbox)) throw corrupt(path, "its sandboxes are not what this program writes");
  if (!isListOf(agents, isAgent)) throw corrupt(path, "its agents are not what this program writes");
  return { version: value.version, last_update: String(value.last_update), sandboxes, agents };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, "it is not JSON", cause);
  }
}

function corrupt(path: string, why: string, cause?: unknown): SwarmError {
  return new SwarmError("state.corrupt", `Cannot use ${path}: ${why}`, {
    hint: `The file is kept as it is; look at it, then move it away: mv ${path} ${path}.kept`,
    cause,
  });
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every((item) => is(item));
}

function isSandbox(value: unknown): value is RecordedSandbox {
  const fields = ["id", "name", "template", "created_at", "end_at", "target"];
  return isRecord(value) && fields.every((field) => typeof value[field] === "string");
}

function isAgent(value: unknown): value is RecordedAgent {
  const fields = ["id", "type", "sandbox_id", "deployed_at"];
  return (
    isRecord(value) && fields.every((field) => typeof value[field] === "string") && isListOf(value.symbols, isText)
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
