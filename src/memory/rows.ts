// From a row of the database to an entry. The digest is checked on every read: a value is what was written, or an error.
import { invariant } from "../contracts/invariant.ts";
import type { Json } from "../contracts/json.ts";
import type { Entry } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { digest } from "./draft.ts";
import type { Row } from "./driver.ts";

export function integer(row: Row, column: string): number {
  const value = row[column];
  invariant(typeof value === "number" && Number.isSafeInteger(value), `column ${column} holds an integer`);
  return value;
}

export function text(row: Row, column: string): string {
  const value = row[column];
  invariant(typeof value === "string", `column ${column} holds text`);
  return value;
}

export interface Stored extends Omit<Entry, "value"> {
  /** Canonical JSON; null once deleted. */
  readonly text: string | null;
}

export function stored(row: Row): Stored {
  return {
    namespace: text(row, "namespace"),
    key: text(row, "key"),
    text: row.text === null ? null : text(row, "text"),
    version: integer(row, "version"),
    seq: integer(row, "seq"),
    writer: text(row, "writer"),
    sha256: text(row, "sha256"),
    bytes: integer(row, "bytes"),
    writtenAtMs: integer(row, "written_at_ms"),
    expiresAtMs: row.expires_at_ms === null ? null : integer(row, "expires_at_ms"),
  };
}

/** The live entry behind a stored row, or null when it was deleted or has expired. Throws `memory.corrupt`. */
export function live(row: Stored | null, nowMs: number): Entry | null {
  if (row === null || row.text === null) return null;
  if (row.expiresAtMs !== null && row.expiresAtMs <= nowMs) return null;
  const { text: kept, ...rest } = row;
  const found = digest(kept);
  if (found !== row.sha256) throw corrupt(row, found);
  const value: Json = JSON.parse(kept);
  return { ...rest, value };
}

function corrupt(row: Stored, found: string): SwarmError {
  const sentence = `Cannot read ${row.namespace}/${row.key}: its digest is ${found}, written was ${row.sha256}`;
  return new SwarmError("memory.corrupt", sentence, {
    hint: "Delete the entry or restore the record from a copy",
    details: { namespace: row.namespace, key: row.key, version: row.version },
  });
}
