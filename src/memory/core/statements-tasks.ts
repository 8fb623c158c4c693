// Statements over queues. A task is `open` until it is `done` or `dead`; an open one that is claimed carries the token of
// its claim, and `available_at_ms` is the end of the claim or of a delay.
import type { StatementText } from "./statements.ts";

const columns = `task_id, position, state, claimed, payload, payload_sha256, attempts, max_attempts, token, worker,
  available_at_ms, result, result_sha256, reason, pushed_at_ms, done_at_ms`;
const isHeld = "claimed = 1 AND available_at_ms > $now";
/** Out of claims, and nobody is at work on it. */
const isExhausted = `state = 'open' AND attempts >= max_attempts AND NOT (${isHeld})`;

export const taskStatements = {
  openQueue: {
    one: true,
    sql: `INSERT INTO queues (namespace, queue, open_tasks, position) VALUES ($1, $2, 0, 0)
      ON CONFLICT (namespace, queue) DO UPDATE SET open_tasks = queues.open_tasks RETURNING open_tasks, position`,
  },
  setQueue: { sql: "UPDATE queues SET open_tasks = $3, position = $4 WHERE namespace = $1 AND queue = $2" },
  addOpen: { sql: "UPDATE queues SET open_tasks = open_tasks + $3 WHERE namespace = $1 AND queue = $2" },
  findTask: {
    one: true,
    sql: `SELECT ${columns}, $now AS now_ms FROM tasks WHERE namespace = $1 AND queue = $2 AND task_id = $3`,
  },
  lockTask: {
    one: true,
    sql: `SELECT ${columns}, $now AS now_ms FROM tasks WHERE namespace = $1 AND queue = $2 AND task_id = $3`,
    lock: "FOR UPDATE",
  },
  insertTask: {
    sql: `INSERT INTO tasks (namespace, queue, ${columns})
      VALUES ($1, $2, $3, $4, 'open', 0, $5, $6, 0, $7, 0, NULL, $8, NULL, NULL, NULL, $8, NULL)
      ON CONFLICT (namespace, queue, task_id) DO NOTHING RETURNING task_id`,
  },
  deleteTask: { sql: "DELETE FROM tasks WHERE namespace = $1 AND queue = $2 AND task_id = $3" },
  claimTasks: {
    sql: `WITH picked AS MATERIALIZED (
        SELECT task_id FROM tasks WHERE namespace = $1 AND queue = $2 AND state = 'open' AND attempts < max_attempts
          AND available_at_ms <= $now ORDER BY position LIMIT $5 /*lock*/)
      UPDATE tasks SET claimed = 1, token = token + 1, attempts = attempts + 1, worker = $3, available_at_ms = $now + $4
      WHERE namespace = $1 AND queue = $2 AND task_id IN (SELECT task_id FROM picked) RETURNING ${columns}`,
    lock: "FOR UPDATE SKIP LOCKED",
    lockAt: "/*lock*/",
  },
  finishTask: {
    sql: `UPDATE tasks SET state = 'done', claimed = 0, result = $4, result_sha256 = $5, done_at_ms = $now
      WHERE namespace = $1 AND queue = $2 AND task_id = $3`,
  },
  extendTask: {
    sql: `UPDATE tasks SET available_at_ms = $now + $4 WHERE namespace = $1 AND queue = $2 AND task_id = $3`,
  },
  releaseTask: {
    sql: `UPDATE tasks SET state = $4, claimed = 0, available_at_ms = $now + $5, reason = $6
      WHERE namespace = $1 AND queue = $2 AND task_id = $3`,
  },
  reviveTask: {
    sql: `UPDATE tasks SET state = 'open', claimed = 0, attempts = 0, available_at_ms = $now
      WHERE namespace = $1 AND queue = $2 AND task_id = $3`,
  },
  buryTasks: {
    sql: `UPDATE tasks SET state = 'dead', claimed = 0 WHERE namespace = $1 AND queue = $2 AND ${isExhausted}
      RETURNING task_id`,
  },
  deadTasks: {
    sql: `SELECT ${columns}, $now AS now_ms FROM tasks WHERE namespace = $1 AND queue = $2
      AND position > coalesce((SELECT position FROM tasks WHERE namespace = $1 AND queue = $2 AND task_id = $3), -1)
      AND (state = 'dead' OR (${isExhausted})) ORDER BY position LIMIT $4`,
  },
  countTasks: {
    one: true,
    sql: `SELECT count(CASE WHEN state = 'done' THEN 1 END) AS done,
        count(CASE WHEN state = 'dead' OR (${isExhausted}) THEN 1 END) AS dead,
        count(CASE WHEN state = 'open' AND ${isHeld} THEN 1 END) AS claimed,
        count(CASE WHEN state = 'open' AND attempts < max_attempts AND NOT (${isHeld}) THEN 1 END) AS ready
      FROM tasks WHERE namespace = $1 AND queue = $2`,
  },
  clearTasks: { sql: "DELETE FROM tasks WHERE namespace = $1" },
  clearQueues: { sql: "UPDATE queues SET open_tasks = 0 WHERE namespace = $1" },
  forgottenTasks: {
    sql: `SELECT namespace, queue, task_id FROM tasks WHERE state = 'done' AND done_at_ms <= $now - $1 LIMIT $2`,
  },
  dumpQueues: {
    sql: `SELECT queue, open_tasks, position FROM queues WHERE namespace = $1 AND queue > $2 ORDER BY queue LIMIT $3`,
  },
  dumpTasks: {
    sql: `SELECT ${columns} FROM tasks WHERE namespace = $1 AND queue = $2 AND task_id > $3 ORDER BY task_id LIMIT $4`,
  },
  restoreQueue: {
    sql: "INSERT INTO queues (namespace, queue, open_tasks, position) VALUES ($1, $2, $3, $4)",
  },
  restoreTask: {
    sql: `INSERT INTO tasks (namespace, queue, ${columns})
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
  },
} as const satisfies Record<string, StatementText>;
