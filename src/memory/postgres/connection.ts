// One connection to the server, set up so that what it acknowledges is durable and what it forgets is ended by the server.
import type { Client, QueryConfig } from "pg";
import type { Clock } from "../../host/clock.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Row } from "../core/rows.ts";
import { statementText } from "../core/statements.ts";
import type { Ask } from "../core/step.ts";
import { answerMs, idleTransactionMs, reconnectMs, statementMs } from "../core/limits.ts";

export interface Server {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Name of the schema that holds the tables. */
  readonly schema: string;
  readonly clock: Clock;
}

export interface Connection {
  answer(ask: Ask): Promise<readonly Row[]>;
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  onNotification(call: (payload: string) => void): void;
  /** True once the server or the network has ended it. */
  readonly isOver: () => boolean;
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** The server's clock in ms. */
const serverNow = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
const int8 = 20;

/** Opens a connection. Throws what `pg` throws; `memory.unavailable` when `pg` is not installed. */
export async function connect({ url, schema, clock }: Server, idleMs: number = idleTransactionMs): Promise<Connection> {
  const { Client } = await loadDriver();
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: reconnectMs,
    keepAlive: true,
    application_name: "e2b-swarm",
    types: { getTypeParser: (oid) => (oid === int8 ? Number : (value) => value) },
  });
  let isOver = false;
  const ended = new Promise<void>((resolve) => client.on("end", resolve));
  client.on("error", () => (isOver = true));
  client.on("end", () => (isOver = true));
  try {
    await client.connect();
    await client.query(
      `SET synchronous_commit = on; SET search_path = "${schema}"; SET statement_timeout = ${statementMs};
       SET lock_timeout = ${statementMs}; SET idle_in_transaction_session_timeout = ${idleMs}`,
    );
  } catch (thrown) {
    await client.end().catch(() => undefined);
    throw thrown;
  }
  /** A network that was cut says nothing: ending a client that waits for an answer destroys its socket. */
  const ask = async (query: QueryConfig): Promise<readonly Row[]> => {
    const giveUp = clock.after(answerMs, () => void client.end().catch(() => undefined));
    return client
      .query(query)
      .then(({ rows }) => rows)
      .finally(giveUp);
  };
  return {
    answer: ({ statement, values }) => ask({ name: statement, text: translate(statement), values }),
    query: (text, values = []) => ask({ text, values }),
    onNotification: (call) => void client.on("notification", ({ payload = "" }) => call(payload)),
    isOver: () => isOver,
    ended,
    close: () => client.end().catch(() => undefined),
  };
}

const translated = new Map<string, string>();

/** The shared statement with the server's clock, and with its row locks. */
function translate(name: Ask["statement"]): string {
  const known = translated.get(name);
  if (known !== undefined) return known;
  const { sql, lock = "", lockAt } = statementText(name);
  const locked = lockAt === undefined ? `${sql} ${lock}` : sql.replace(lockAt, lock);
  const text = withServerClock(locked);
  translated.set(name, text);
  return text;
}

export function withServerClock(sql: string): string {
  return sql.replaceAll("$now", serverNow);
}

async function loadDriver(): Promise<{ readonly Client: typeof Client }> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new SwarmError("memory.unavailable", "Cannot use PostgreSQL: the package pg is not installed", {
      hint: "Install it: npm install pg",
      cause,
    });
  }
}
