// The tables and their version. A newer file is refused and left as it is; an empty one gets the tables.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Driver } from "./driver.ts";
import { integer } from "./rows.ts";

export const schemaVersion = 1;

// A row whose `text` is NULL is a tombstone: it keeps the version of a deleted key so that it is never given out again.
const tables = `
CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS namespaces (
  namespace TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  version_floor INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  text TEXT,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  writer TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  written_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  PRIMARY KEY (namespace, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_expiry ON entries (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
`;

/** Brings a file to the present version inside one transaction. Throws `state.newer`. */
export function migrate(driver: Driver, path: string): void {
  driver.exec("BEGIN IMMEDIATE");
  try {
    driver.exec(tables);
    const found = driver.prepare("SELECT max(version) AS version FROM schema_version").get();
    const version = found === null || found.version === null ? 0 : integer(found, "version");
    if (version > schemaVersion) throw newer(path, version);
    if (version === 0) driver.prepare("INSERT INTO schema_version VALUES (?)").run(schemaVersion);
    driver.exec("COMMIT");
  } catch (thrown) {
    rollBack(driver);
    throw thrown;
  }
}

/** Ends a transaction that failed. SQLite has already ended it when the disk was full. */
export function rollBack(driver: Driver): void {
  try {
    driver.exec("ROLLBACK");
  } catch {
    // No transaction is open any more: that is the state wanted.
  }
}

function newer(path: string, version: number): SwarmError {
  const sentence = `Cannot open ${path}: it has schema ${version}, this program knows ${schemaVersion}`;
  return new SwarmError("state.newer", sentence, {
    hint: "Update e2b-swarm, or set E2B_SWARM_STATE to another folder",
    details: { version, known: schemaVersion },
  });
}
