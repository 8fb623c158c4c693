// The tables and their version. A newer file is refused and left as it is; an older one is brought up to date in one
// transaction; an empty one gets the tables.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { integer } from "../core/rows.ts";
import { tables } from "../core/tables.ts";
import type { Driver } from "./driver.ts";

export const schemaVersion = 2;

const sqliteTables = tables("INTEGER", "TEXT", " WITHOUT ROWID");

/** Version 1 kept values in the entries and had no log: the present values become its first lines. */
const fromVersion1 = `
ALTER TABLE entries RENAME TO entries_1;
DROP INDEX IF EXISTS entries_expiry;
ALTER TABLE namespaces ADD COLUMN log_floor INTEGER NOT NULL DEFAULT 0;
UPDATE namespaces SET log_floor = seq;
${sqliteTables}
INSERT INTO entries SELECT namespace, key, version, seq, text IS NOT NULL, written_at_ms, expires_at_ms FROM entries_1;
INSERT INTO log SELECT namespace, seq, key, 'put', text, version, writer, sha256, bytes, written_at_ms, expires_at_ms
  FROM entries_1 WHERE text IS NOT NULL;
DROP TABLE entries_1;
UPDATE schema_version SET version = 2;
`;

/** Brings a file to the present version inside one transaction. Throws `state.newer`. */
export function migrate(driver: Driver, path: string): void {
  if (versionOf(driver) === schemaVersion) return;
  driver.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(driver);
    if (version > schemaVersion) throw newer(path, version);
    if (version === 0) driver.exec(`${sqliteTables} INSERT INTO schema_version VALUES (${schemaVersion});`);
    if (version === 1) driver.exec(fromVersion1);
    driver.exec("COMMIT");
  } catch (thrown) {
    rollBack(driver);
    throw thrown;
  }
}

function versionOf(driver: Driver): number {
  const table = driver.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'schema_version'").get();
  if (table === null || integer(table, "n") === 0) return 0;
  const found = driver.prepare("SELECT max(version) AS version FROM schema_version").get();
  return found === null || found.version === null ? 0 : integer(found, "version");
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
