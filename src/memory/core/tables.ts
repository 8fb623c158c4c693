// The tables of the record, in the SQL that SQLite and PostgreSQL share. Text compares by bytes on both.

/** `integer` and `text` are the engine's types for 64-bit integers and for text in byte order; `suffix` ends a table. */
export function tables(integer: string, text: string, suffix = ""): string {
  return `
CREATE TABLE IF NOT EXISTS schema_version (version ${integer} NOT NULL);
${entryTables(integer, text, suffix)}
${taskTables(integer, text, suffix)}
`;
}

function entryTables(integer: string, text: string, suffix: string): string {
  return `
CREATE TABLE IF NOT EXISTS namespaces (
  namespace ${text} PRIMARY KEY,
  seq ${integer} NOT NULL,
  -- Versions up to here have been given out to keys that are forgotten.
  version_floor ${integer} NOT NULL,
  -- Changes up to here are not complete.
  log_floor ${integer} NOT NULL
)${suffix};
CREATE TABLE IF NOT EXISTS entries (
  namespace ${text} NOT NULL,
  key ${text} NOT NULL,
  version ${integer} NOT NULL,
  seq ${integer} NOT NULL,
  -- 0 is a tombstone: it keeps the version of a deleted key so that it is never given out again.
  live ${integer} NOT NULL,
  written_at_ms ${integer} NOT NULL,
  expires_at_ms ${integer},
  PRIMARY KEY (namespace, key)
)${suffix};
CREATE INDEX IF NOT EXISTS entries_expiry ON entries (expires_at_ms) WHERE live = 1 AND expires_at_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS entries_buried ON entries (written_at_ms) WHERE live = 0;
CREATE TABLE IF NOT EXISTS log (
  namespace ${text} NOT NULL,
  seq ${integer} NOT NULL,
  key ${text} NOT NULL,
  kind ${text} NOT NULL,
  text ${text},
  version ${integer} NOT NULL,
  writer ${text} NOT NULL,
  sha256 ${text} NOT NULL,
  bytes ${integer} NOT NULL,
  written_at_ms ${integer} NOT NULL,
  expires_at_ms ${integer},
  PRIMARY KEY (namespace, seq)
)${suffix};
CREATE TABLE IF NOT EXISTS leases (
  namespace ${text} NOT NULL,
  name ${text} NOT NULL,
  holder ${text} NOT NULL,
  token ${integer} NOT NULL,
  expires_at_ms ${integer} NOT NULL,
  held ${integer} NOT NULL,
  PRIMARY KEY (namespace, name)
)${suffix};
`;
}

function taskTables(integer: string, text: string, suffix: string): string {
  return `
CREATE TABLE IF NOT EXISTS queues (
  namespace ${text} NOT NULL,
  queue ${text} NOT NULL,
  open_tasks ${integer} NOT NULL,
  position ${integer} NOT NULL,
  PRIMARY KEY (namespace, queue)
)${suffix};
CREATE TABLE IF NOT EXISTS tasks (
  namespace ${text} NOT NULL,
  queue ${text} NOT NULL,
  task_id ${text} NOT NULL,
  position ${integer} NOT NULL,
  state ${text} NOT NULL,
  claimed ${integer} NOT NULL,
  payload ${text} NOT NULL,
  payload_sha256 ${text} NOT NULL,
  attempts ${integer} NOT NULL,
  max_attempts ${integer} NOT NULL,
  token ${integer} NOT NULL,
  worker ${text},
  available_at_ms ${integer} NOT NULL,
  result ${text},
  result_sha256 ${text},
  reason ${text},
  pushed_at_ms ${integer} NOT NULL,
  done_at_ms ${integer},
  PRIMARY KEY (namespace, queue, task_id)
)${suffix};
CREATE INDEX IF NOT EXISTS tasks_open ON tasks (namespace, queue, position) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS tasks_done ON tasks (done_at_ms) WHERE state = 'done';
`;
}
