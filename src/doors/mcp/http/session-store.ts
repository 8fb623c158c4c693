// What outlives the process: the key, and per session how it was begun and what was sent. A session without its file is over,
// so a deleted one can never come back.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../../contracts/json.ts";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { Clock } from "../../../host/clock.ts";
import { createFile, replaceFile, unwritable } from "../../../host/durable-file.ts";
import type { Random } from "../../../host/random.ts";

export interface SessionStore {
  readonly key: Buffer;
  /** Remembers the parameters of `initialize`, with which the session can be taken up again. False: too many are kept. */
  begin(name: string, initialize: Readonly<Record<string, unknown>>): boolean;
  /** Null when there is no such session, or no longer. */
  find(name: string): Readonly<Record<string, unknown>> | null;
  /** Path of the session's event log. */
  eventsPath(name: string): string;
  end(name: string): void;
}

/** A session nobody used for this long is forgotten. */
const keepMs = 24 * 3_600_000;
const mostSessions = 10_000;
/** How often what nobody used is looked for: that looks at every file. */
const sweepEveryMs = 10 * 60_000;
const keyBytes = 32;

/** `folder` gets mode 0700, files 0600. Throws `state.unwritable`. */
export function openSessionStore(folder: string, clock: Clock, random: Random): SessionStore {
  const sessions = join(folder, "sessions");
  try {
    mkdirSync(sessions, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(sessions, cause);
  }
  const key = readKey(join(folder, "key"), random);
  const recordPath = (name: string): string => join(sessions, `${name}.json`);
  const eventsPath = (name: string): string => join(sessions, `${name}.events`);
  let kept = 0;
  let sweepAtMs = 0;
  const end = (name: string): void => {
    if (existsSync(recordPath(name))) kept -= 1;
    rmSync(recordPath(name), { force: true });
    rmSync(eventsPath(name), { force: true });
  };
  return {
    key,
    eventsPath,
    end,
    begin(name, initialize) {
      const nowMs = clock.nowMs();
      if (nowMs >= sweepAtMs) {
        kept = sweep(sessions, nowMs, end);
        sweepAtMs = nowMs + sweepEveryMs;
      }
      if (kept >= mostSessions) return false;
      replaceFile(recordPath(name), JSON.stringify(initialize));
      kept += 1;
      return true;
    },
    find(name) {
      try {
        const value: unknown = JSON.parse(readFileSync(recordPath(name), "utf8"));
        return isRecord(value) ? value : null;
      } catch {
        return null;
      }
    },
  };
}

/** Ends what nobody used; the number of sessions that stay. */
function sweep(folder: string, nowMs: number, end: (name: string) => void): number {
  let kept = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const name = file.slice(0, -".json".length);
    const unused = nowMs - lastUseMs(join(folder, file), join(folder, `${name}.events`)) > keepMs;
    if (unused) end(name);
    else kept += 1;
  }
  return kept;
}

function lastUseMs(...paths: readonly string[]): number {
  return Math.max(...paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

function readKey(path: string, random: Random): Buffer {
  if (!existsSync(path)) createFile(path, random.bytes(keyBytes).toString("base64"));
  const key = Buffer.from(readFileSync(path, "utf8"), "base64");
  if (key.length === keyBytes) return key;
  throw new SwarmError("state.corrupt", `Cannot use ${path}: it holds no key of ${keyBytes} bytes`, {
    hint: `Remove it; sessions begun with it end: rm ${path}`,
  });
}
