// The tables on the server, made once under a lock, and the settings without which "acknowledged" would mean nothing.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { integer } from "../core/rows.ts";
import { tables } from "../core/tables.ts";
import { connect, type Connection, type Server } from "./connection.ts";
import { nameOf } from "./server-fault.ts";

const schemaVersion = 2;
/** Any number will do as long as all who make tables use it: "e2b swarm" in digits of a telephone. */
const makingLock = 322_79_276;

export async function prepareSchema(server: Server): Promise<void> {
  const connection = await connect(server);
  try {
    const [fsync] = await connection.query("SHOW fsync");
    if (fsync?.fsync === "off") throw volatile(nameOf(server.url));
    if ((await versionOf(connection, server.schema)) === 0) await make(connection, server.schema);
    const version = await versionOf(connection, server.schema);
    if (version > schemaVersion) throw newer(server, version);
  } finally {
    await connection.close();
  }
}

async function make(connection: Connection, schema: string): Promise<void> {
  await connection.query("BEGIN");
  await connection.query("SELECT pg_advisory_xact_lock($1)", [makingLock]);
  await connection.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  for (const statement of tables("bigint", 'text COLLATE "C"').split(";")) {
    if (statement.trim() !== "") await connection.query(statement);
  }
  await connection.query(
    `INSERT INTO schema_version SELECT $1::bigint WHERE NOT EXISTS (SELECT 1 FROM schema_version)`,
    [schemaVersion],
  );
  await connection.query("COMMIT");
}

async function versionOf(connection: Connection, schema: string): Promise<number> {
  const [found] = await connection.query("SELECT to_regclass($1) IS NOT NULL AS there", [`"${schema}".schema_version`]);
  // Booleans come as their text.
  if (found?.there !== "t") return 0;
  const [row] = await connection.query("SELECT coalesce(max(version), 0) AS version FROM schema_version");
  return row === undefined ? 0 : integer(row, "version");
}

function volatile(server: string): SwarmError {
  return new SwarmError("memory.unavailable", `Cannot keep the record on ${server}: its fsync is off`, {
    hint: "Set fsync = on: without it an acknowledged write is not durable",
  });
}

function newer({ url, schema }: Server, version: number): SwarmError {
  const sentence = `Cannot open schema ${schema} on ${nameOf(url)}: it has version ${version}, this program knows ${schemaVersion}`;
  return new SwarmError("state.newer", sentence, {
    hint: "Update e2b-swarm, or name another schema",
    details: { version, known: schemaVersion },
  });
}
