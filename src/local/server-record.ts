// server.json: how other processes of the same user find the running server. Written whole, mode 0600, because of the key.
import { existsSync, readFileSync } from "node:fs";
import { isRecord } from "../contracts/json.ts";
import type { Isolation } from "../contracts/target.ts";
import { replaceFile } from "../host/durable-file.ts";
import { isAlive } from "../host/process-identity.ts";
import { pickAsked, type AskedSettings } from "./daemon-settings.ts";
import type { LocalHome } from "./home.ts";

export interface ServerRecord {
  readonly url: string;
  readonly apiKey: string;
  readonly isolation: Isolation;
  readonly pid: number;
  /** Tells this process from a later one with the same pid. */
  readonly startedAt: string;
  readonly version: string;
  /** Folder of its sandboxes, for the sweep after a kill -9. */
  readonly runParent: string;
  /** Of the fault plane; null while it is off. */
  readonly faultsToken: string | null;
  /** What clients must trust; null without TLS. */
  readonly authorityFile: string | null;
  readonly settings: AskedSettings;
  /** Wall time of its start. */
  readonly since: string;
  /** Sandboxes that ended with a predecessor that was killed. */
  readonly lost: readonly string[];
}

export function writeRecord(home: LocalHome, record: ServerRecord): void {
  replaceFile(home.serverFile, `${JSON.stringify(record, null, 2)}\n`);
}

/** Null when there is none, or it is not readable as one. */
export function readRecord(home: LocalHome): ServerRecord | null {
  if (!existsSync(home.serverFile)) return null;
  try {
    return toRecord(JSON.parse(readFileSync(home.serverFile, "utf8")));
  } catch {
    return null;
  }
}

/** The record of a server that lives. */
export function runningRecord(home: LocalHome): ServerRecord | null {
  const record = readRecord(home);
  return record !== null && isAlive(record) ? record : null;
}

/** Only what any version must have is demanded: a record of another version is still known as one. */
function toRecord(value: unknown): ServerRecord | null {
  if (!isRecord(value)) return null;
  const { url, apiKey, isolation, pid, startedAt, version, runParent, settings, lost } = value;
  if (typeof url !== "string" || typeof apiKey !== "string" || !isIsolation(isolation)) return null;
  if (typeof pid !== "number" || typeof startedAt !== "string") return null;
  if (typeof version !== "string" || typeof runParent !== "string") return null;
  return {
    url,
    apiKey,
    isolation,
    pid,
    startedAt,
    version,
    runParent,
    faultsToken: typeof value.faultsToken === "string" ? value.faultsToken : null,
    authorityFile: typeof value.authorityFile === "string" ? value.authorityFile : null,
    settings: isRecord(settings) ? pickAsked(settings) : {},
    since: typeof value.since === "string" ? value.since : "",
    lost: Array.isArray(lost) ? lost.filter((id) => typeof id === "string") : [],
  };
}

function isIsolation(value: unknown): value is Isolation {
  return value === "bwrap" || value === "gvisor" || value === "none";
}
