// The record past one machine: PostgreSQL, any number of coordinators. The server's clock judges leases and expiry; its
// transactions make one order; LISTEN/NOTIFY wakes watches, and looking from time to time makes up for what is not heard.
import { invariant } from "../contracts/invariant.ts";
import type { RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { silentLog, type Log } from "../host/log.ts";
import { maxReaders, reconnectEveryMs, reconnectMs, sweepEveryMs } from "./core/limits.ts";
import { openNews } from "./core/news.ts";
import { openStore } from "./core/open-store.ts";
import { sweepRecord } from "./core/perform.ts";
import { runStepLater, type Step } from "./core/step.ts";
import { openBatches } from "./postgres/batches.ts";
import { connect, type Connection, type Server } from "./postgres/connection.ts";
import { openLine, type Line } from "./postgres/line.ts";
import { prepareSchema } from "./postgres/schema.ts";
import { isPassing, nameOf, serverFault } from "./postgres/server-fault.ts";
import { openSnapshot } from "./postgres/snapshot.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; never logged. */
  readonly url: string;
  /** Schema that holds the tables, made when missing. Default `e2b_swarm`. */
  readonly schema?: string;
  readonly clock: Clock;
  readonly log?: Log;
}

/** Opens the record. Errors: `usage.invalid`, `memory.unavailable`, `state.newer`. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<RecordStore> {
  const { url, clock, schema = "e2b_swarm", log = silentLog } = options;
  if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema)) throw badSchema(schema);
  const server: Server = { url, schema, clock };
  const name = nameOf(url);
  const channel = `${schema}_news`;
  const news = openNews(clock);
  try {
    await prepareSchema(server);
  } catch (thrown) {
    throw serverFault(name, thrown);
  }
  const writing = openLine(() => connect(server));
  const readers = Array.from({ length: maxReaders }, () => openLine(() => connect(server)));
  const listening = openLine(async () => {
    const connection = await connect(server);
    connection.onNotification(news.ring);
    await connection.query(`LISTEN "${channel}"`);
    return connection;
  });
  const batches = openBatches({
    clock,
    server: name,
    channel,
    connection: writing.get,
    committed: (namespaces) => namespaces.forEach(news.ring),
  });
  let closed = false;
  const ready = (): void => {
    if (closed) throw closedStore(name);
  };
  const stopSweeping = sweepNowAndThen(clock, writing, () => batches.drained());
  let turn = 0;
  log.write("debug", "record opened", { server: name, schema });
  return openStore({
    async write(request) {
      ready();
      return batches.write(request);
    },
    async read(step) {
      ready();
      const line = readers[turn++ % maxReaders];
      invariant(line !== undefined, "there is a reader at each turn");
      return readAgain({ clock, server: name, line, step });
    },
    snapshot: () => openSnapshot(server, name),
    async news(namespace, ms, signal) {
      // Without a listener the wait ends by itself; the next one tries to listen again.
      if (!closed) await listening.get().catch(() => undefined);
      return news.wait(namespace, ms, signal);
    },
    async close() {
      if (closed) return;
      closed = true;
      stopSweeping();
      await batches.drained();
      news.ringAll();
      await Promise.all([writing, listening, ...readers].map((line) => line.close()));
    },
  });
}

interface Reading<T> {
  readonly clock: Clock;
  readonly server: string;
  readonly line: Line;
  readonly step: Step<T>;
}

/** A read changes nothing, so a statement that broke off is simply asked again. */
async function readAgain<T>({ clock, server, line, step }: Reading<T>): Promise<T> {
  const began = clock.monotonicNs();
  const answer = async (ask: Parameters<Connection["answer"]>[0]): ReturnType<Connection["answer"]> => {
    for (;;) {
      try {
        return await (await line.get()).answer(ask);
      } catch (thrown) {
        const isLate = clock.monotonicNs() - began > BigInt(reconnectMs) * 1_000_000n;
        if (!isPassing(thrown) || isLate) throw serverFault(server, thrown);
        await clock.sleep(reconnectEveryMs);
      }
    }
  };
  return runStepLater(step, answer);
}

/** A sweep that meets a writer gives way: the next one comes. */
function sweepNowAndThen(clock: Clock, writing: Line, drained: () => Promise<void>): () => void {
  return clock.every(
    sweepEveryMs,
    () => {
      const sweep = async (): Promise<void> => {
        await drained();
        const connection = await writing.get();
        await runStepLater(sweepRecord(), (ask) => connection.answer(ask));
      };
      sweep().catch(() => undefined);
    },
    { unref: true },
  );
}

function badSchema(schema: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot use ${JSON.stringify(schema.slice(0, 40))} as a schema`, {
    hint: "A schema has 1 to 51 lower-case letters, digits and underscores and does not begin with a digit",
  });
}

function closedStore(server: string): SwarmError {
  return new SwarmError("memory.unavailable", `Cannot use the record on ${server}: it is closed`, {
    hint: "Open it again",
  });
}
