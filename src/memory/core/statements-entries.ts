// Statements over entries, the log of changes and leases. The log holds each value once; an entry points into it.
import type { StatementText } from "./statements.ts";

const whole = `e.namespace, e.key, e.version, e.seq, e.live, l.text, l.writer, l.sha256, l.bytes, l.written_at_ms,
  e.expires_at_ms, $now AS now_ms`;
const isLive = "e.live = 1 AND (e.expires_at_ms IS NULL OR e.expires_at_ms > $now)";
const isCurrent = `EXISTS (SELECT 1 FROM entries e
  WHERE e.namespace = log.namespace AND e.key = log.key AND e.seq = log.seq AND e.live = 1)`;

export const entryStatements = {
  findEntry: {
    one: true,
    sql: `SELECT ${whole} FROM entries e JOIN log l ON l.namespace = e.namespace AND l.seq = e.seq
      WHERE e.namespace = $1 AND e.key = $2 AND e.live = 1`,
  },
  headEntry: {
    one: true,
    sql: "SELECT version, seq, live, expires_at_ms FROM entries WHERE namespace = $1 AND key = $2",
  },
  listEntries: {
    sql: `SELECT ${whole} FROM entries e JOIN log l ON l.namespace = e.namespace AND l.seq = e.seq
      WHERE e.namespace = $1 AND e.key >= $2 AND substr(e.key, 1, length($2)) = $2 AND ${isLive}
      ORDER BY e.key LIMIT $3`,
  },
  namespace: { one: true, sql: "SELECT seq, version_floor, log_floor FROM namespaces WHERE namespace = $1" },
  changes: {
    sql: `SELECT n.seq AS last_seq, n.log_floor, l.namespace, l.seq, l.key, l.kind, l.text, l.version, l.writer, l.sha256,
        l.bytes, l.written_at_ms, l.expires_at_ms
      FROM namespaces n LEFT JOIN log l ON l.namespace = n.namespace AND l.seq > $2
        AND (l.kind = 'clear' OR substr(l.key, 1, length($3)) = $3)
      WHERE n.namespace = $1 ORDER BY l.seq LIMIT $4`,
  },
  openNamespace: {
    sql: `INSERT INTO namespaces (namespace, seq, version_floor, log_floor) VALUES ($1, 0, 0, 0)
      ON CONFLICT (namespace) DO NOTHING`,
  },
  nextSeq: {
    one: true,
    sql: `INSERT INTO namespaces (namespace, seq, version_floor, log_floor) VALUES ($1, 1, 0, 0)
      ON CONFLICT (namespace) DO UPDATE SET seq = namespaces.seq + 1 RETURNING seq, version_floor`,
  },
  setEntry: {
    sql: `INSERT INTO entries (namespace, key, version, seq, live, written_at_ms, expires_at_ms)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (namespace, key) DO UPDATE SET version = excluded.version, seq = excluded.seq, live = excluded.live,
        written_at_ms = excluded.written_at_ms, expires_at_ms = excluded.expires_at_ms`,
  },
  appendLog: {
    sql: `INSERT INTO log (namespace, seq, key, kind, text, version, writer, sha256, bytes, written_at_ms, expires_at_ms)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
  },
  dropLog: { sql: "DELETE FROM log WHERE namespace = $1 AND seq = $2" },
  trimLog: { sql: `DELETE FROM log WHERE namespace = $1 AND seq > $2 AND seq <= $3 AND NOT ${isCurrent}` },
  clearLog: { sql: "DELETE FROM log WHERE namespace = $1" },
  clearEntries: { sql: "DELETE FROM entries WHERE namespace = $1" },
  summary: {
    one: true,
    sql: `SELECT count(CASE WHEN ${isLive} THEN 1 END) AS live, coalesce(max(e.version), 0) AS version,
        coalesce(max(CASE WHEN e.live = 0 THEN e.version END), 0) AS buried
      FROM entries e WHERE e.namespace = $1`,
  },
  raiseFloor: {
    sql: `UPDATE namespaces SET version_floor = CASE WHEN version_floor < $2 THEN $2 ELSE version_floor END
      WHERE namespace = $1`,
  },
  expiredEntries: {
    sql: "SELECT namespace, key, seq FROM entries WHERE live = 1 AND expires_at_ms <= $now LIMIT $1",
  },
  buryEntry: {
    sql: "UPDATE entries SET live = 0, expires_at_ms = NULL WHERE namespace = $1 AND key = $2 AND seq = $3",
  },
  expireLog: {
    sql: "UPDATE log SET kind = 'expired', text = NULL, sha256 = '', bytes = 0 WHERE namespace = $1 AND seq = $2",
  },
  forgottenEntries: {
    sql: "SELECT namespace, key, version FROM entries WHERE live = 0 AND written_at_ms <= $now - $1 LIMIT $2",
  },
  forgetEntry: { sql: "DELETE FROM entries WHERE namespace = $1 AND key = $2 AND live = 0" },
  findLease: {
    one: true,
    sql: `SELECT name, holder, token, expires_at_ms, held, $now AS now_ms FROM leases
      WHERE namespace = $1 AND name = $2`,
  },
  shareLease: {
    one: true,
    sql: `SELECT name, holder, token, expires_at_ms, held, $now AS now_ms FROM leases
      WHERE namespace = $1 AND name = $2`,
    lock: "FOR SHARE",
  },
  setLease: {
    sql: `INSERT INTO leases (namespace, name, holder, token, expires_at_ms, held) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (namespace, name) DO UPDATE SET holder = excluded.holder, token = excluded.token,
        expires_at_ms = excluded.expires_at_ms, held = excluded.held`,
  },
  dumpNamespaces: {
    sql: `SELECT namespace, seq, version_floor FROM namespaces WHERE namespace > $1 ORDER BY namespace LIMIT $2`,
  },
  dumpEntries: {
    sql: `SELECT ${whole} FROM entries e JOIN log l ON l.namespace = e.namespace AND l.seq = e.seq
      WHERE e.namespace = $1 AND e.key > $2 AND e.live = 1 ORDER BY e.key LIMIT $3`,
  },
  dumpLeases: {
    sql: `SELECT name, holder, token, expires_at_ms, held FROM leases
      WHERE namespace = $1 AND name > $2 ORDER BY name LIMIT $3`,
  },
  restoreNamespace: {
    sql: `INSERT INTO namespaces (namespace, seq, version_floor, log_floor) VALUES ($1, $2, $3, $2)
      ON CONFLICT (namespace) DO UPDATE SET seq = excluded.seq, version_floor = excluded.version_floor,
        log_floor = excluded.log_floor`,
  },
} as const satisfies Record<string, StatementText>;
