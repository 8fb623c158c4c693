// From a row of a store to what the contract speaks of. Digests are checked on every read: a value is what was written, or
// an error.
import { invariant } from "../../contracts/invariant.ts";
import type { Json } from "../../contracts/json.ts";
import type { Entry } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { digest } from "./draft.ts";

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

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

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null || row[column] === undefined ? null : text(row, column);
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null || row[column] === undefined ? null : integer(row, column);
}

/** True when the row is neither deleted nor past its end. */
export function isLive(row: Row, nowMs: number): boolean {
  const expiresAtMs = integerOrNull(row, "expires_at_ms");
  return integer(row, "live") === 1 && (expiresAtMs === null || expiresAtMs > nowMs);
}

/** The live entry behind a row of `findEntry` or `listEntries`, or null. Throws `memory.corrupt`. */
export function liveEntry(row: Row | null): Entry | null {
  return row === null || !isLive(row, integer(row, "now_ms")) ? null : entryOf(row);
}

/** The entry of a row, dead or alive. Throws `memory.corrupt`. */
export function entryOf(row: Row): Entry {
  const [namespace, key, version] = [text(row, "namespace"), text(row, "key"), integer(row, "version")];
  const sha256 = text(row, "sha256");
  const where = { what: `${namespace}/${key}`, details: { namespace, key, version } };
  return {
    namespace,
    key,
    value: verified(text(row, "text"), sha256, where),
    version,
    seq: integer(row, "seq"),
    writer: text(row, "writer"),
    sha256,
    bytes: integer(row, "bytes"),
    writtenAtMs: integer(row, "written_at_ms"),
    expiresAtMs: integerOrNull(row, "expires_at_ms"),
  };
}

export interface Place {
  readonly what: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** The value of a canonical text whose digest is the one that was written. Throws `memory.corrupt`. */
export function verified(kept: string, sha256: string, { what, details }: Place): Json {
  const found = digest(kept);
  if (found === sha256) return JSON.parse(kept);
  throw new SwarmError("memory.corrupt", `Cannot read ${what}: its digest is ${found}, written was ${sha256}`, {
    hint: "Delete it or restore the record from a copy",
    details,
  });
}
