// Many requests, one transaction: what was asked for while the last one committed goes into the next. Namespaces are locked
// first and in order, so that positions follow commits and transactions cannot wait for each other in a circle.
import type { Clock } from "../../host/clock.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { maxBatch, maxTransactionTries, maxWaiting, reconnectEveryMs, reconnectMs } from "../core/limits.ts";
import { perform } from "../core/perform.ts";
import { isInTurn, type Reply, type Request } from "../core/request.ts";
import { integer } from "../core/rows.ts";
import { runStepLater } from "../core/step.ts";
import { withServerClock, type Connection } from "./connection.ts";
import { indeterminate, isPassing, serverFault } from "./server-fault.ts";

interface Waiting {
  readonly request: Request;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (fault: SwarmError) => void;
}

export interface BatchOptions {
  readonly clock: Clock;
  readonly server: string;
  readonly channel: string;
  /** The writing connection, opened anew when the last one ended. */
  readonly connection: () => Promise<Connection>;
  readonly committed: (namespaces: readonly string[]) => void;
}

export interface Batches {
  write(request: Request): Promise<Reply>;
  drained(): Promise<void>;
}

export function openBatches(options: BatchOptions): Batches {
  const waiting: Waiting[] = [];
  const seen = new Set<string>();
  let running: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await settle(options, seen, waiting.splice(0, maxBatch));
    running = null;
  };
  return {
    write: (request) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= maxWaiting) return reject(full());
        waiting.push({ request, resolve, reject });
        running ??= new Promise<void>((begin) => setImmediate(begin)).then(drain);
      }),
    drained: async () => {
      await running;
    },
  };
}

type Outcome = { readonly reply: Reply } | { readonly fault: SwarmError };

async function settle(options: BatchOptions, seen: Set<string>, batch: readonly Waiting[]): Promise<void> {
  const requests = batch.map(({ request }) => request);
  try {
    const outcomes = await transaction(options, seen, requests);
    options.committed([...new Set(requests.map(({ namespace }) => namespace))]);
    for (const [i, outcome] of outcomes.entries()) {
      if ("reply" in outcome) batch[i]?.resolve(outcome.reply);
      else batch[i]?.reject(outcome.fault);
    }
  } catch (thrown) {
    const fault = serverFault(options.server, thrown);
    // One request that the server refuses must not fail its neighbours: nothing was committed, so each goes alone.
    if (batch.length > 1 && fault.row.definite && !isPassing(thrown)) {
      for (const one of batch) await settle(options, seen, [one]);
    } else for (const { reject } of batch) reject(fault);
  }
}

/** Tries again while the server breaks it off before the commit was sent. Throws `memory.indeterminate` after that. */
async function transaction(
  options: BatchOptions,
  seen: Set<string>,
  requests: readonly Request[],
): Promise<readonly Outcome[]> {
  const { clock, server } = options;
  const began = clock.monotonicNs();
  for (let tries = 1; ; tries += 1) {
    let connection: Connection | null = null;
    let isSent = false;
    try {
      connection = await options.connection();
      const outcomes = await inside(options, { connection, seen, requests });
      isSent = true;
      await connection.query("COMMIT");
      return outcomes;
    } catch (thrown) {
      const isLost = connection === null || connection.isOver();
      if (isSent && isLost) throw indeterminate(server, thrown);
      if (!isLost) await connection?.query("ROLLBACK").catch(() => undefined);
      const isLate = clock.monotonicNs() - began > BigInt(reconnectMs) * 1_000_000n;
      if (isSent || !isPassing(thrown) || isLate || tries >= maxTransactionTries) throw thrown;
      await clock.sleep(isLost ? reconnectEveryMs : Math.min(tries, 10));
    }
  }
}

interface Inside {
  readonly connection: Connection;
  readonly seen: Set<string>;
  readonly requests: readonly Request[];
}

const lockSql = withServerClock(
  `WITH locked AS MATERIALIZED (
     SELECT namespace FROM namespaces WHERE namespace = ANY($1::text[]) ORDER BY namespace FOR UPDATE)
   SELECT count(*) AS locked, $now AS now_ms FROM locked`,
);

async function inside(options: BatchOptions, { connection, seen, requests }: Inside): Promise<readonly Outcome[]> {
  const inTurn = [...new Set(requests.filter((one) => isInTurn(one)).map(({ namespace }) => namespace))].sort();
  await connection.query("BEGIN");
  const fresh = inTurn.filter((namespace) => !seen.has(namespace));
  for (const namespace of fresh) await connection.answer({ statement: "openNamespace", values: [namespace] });
  const [row] = await connection.query(lockSql, [inTurn]);
  const nowMs = row === undefined ? 0 : integer(row, "now_ms");
  const outcomes: Outcome[] = [];
  for (const request of requests) {
    try {
      outcomes.push({ reply: await runStepLater(perform(request, nowMs), (ask) => connection.answer(ask)) });
    } catch (thrown) {
      // A refusal of ours comes before the request's first write, and the transaction goes on.
      if (!(thrown instanceof SwarmError)) throw thrown;
      outcomes.push({ fault: thrown });
    }
  }
  const touched = [...new Set(requests.map(({ namespace }) => namespace))];
  await connection.query("SELECT pg_notify($1, n) FROM unnest($2::text[]) n", [options.channel, touched]);
  for (const namespace of fresh) seen.add(namespace);
  return outcomes;
}

function full(): SwarmError {
  const sentence = `Cannot write: ${maxWaiting} of ${maxWaiting} writes are waiting`;
  return new SwarmError("memory.unavailable", sentence, { hint: "Await earlier writes before making more" });
}
