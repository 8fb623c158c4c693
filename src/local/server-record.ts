// server.json: how other processes of the same user find the running server. Written whole, mode 0600, because of the key.
import { existsSync, readFileSync } from "node:fs";
import { isRecord } from "../contracts/json.ts";
import type { Isolation } from "../contracts/target.ts";
import { replaceFile } from "../host/durable-file.ts";
import { isAlive } from "../host/process-identity.ts";
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
}

export function writeRecord(home: LocalHome, record: ServerRecord): void {
  replaceFile(home.serverFile, `${JSON.stringify(record, null, 2)}\n`);
}

/** Null when there is none, or it is not readable as one. */
export function readRecord(home: LocalHome): ServerRecord | null {
  if (!existsSync(home.serverFile)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(home.serverFile, "utf8"));
    return isServerRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** The record of a server that lives. */
export function runningRecord(home: LocalHome): ServerRecord | null {
  const record = readRecord(home);
  return record !== null && isAlive(record) ? record : null;
}

function isServerRecord(value: unknown): value is ServerRecord {
  if (!isRecord(value)) return false;
  const texts = [value.url, value.apiKey, value.startedAt, value.version, value.isolation, value.runParent];
  return texts.every((text) => typeof text === "string") && typeof value.pid === "number";
}
