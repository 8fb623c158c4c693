// A RecordStore over an engine: checks what callers hand in, makes requests of it, and unwraps the replies.
import { invariant } from "../../contracts/invariant.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { checkName, checkWriter, draft } from "./draft.ts";
import { exportLines, readImport } from "./dump.ts";
import type { Engine } from "./engine.ts";
import { openLease } from "./lease-handle.ts";
import { fenceOf } from "./leases.ts";
import { maxListed } from "./limits.ts";
import { openQueue } from "./queue-handle.ts";
import { liveEntry } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";
import { readPosition, watchChanges } from "./watch.ts";

export function openStore(engine: Engine): RecordStore {
  const ending = new AbortController();
  return {
    get: (namespace, key) => engine.read(getEntry(namespace, key)),
    list: (namespace, prefix = "") => engine.read(listEntries(namespace, prefix)),
    position: (namespace) => engine.read(readPosition(namespace)),
    async put(namespace, key, value, options) {
      const wanted = draft(namespace, key, value, options);
      const reply = await engine.write({ op: "put", namespace, draft: wanted, fence: fenceOf(namespace, options) });
      invariant(reply.op === "put", "a put is answered as one");
      return reply.value;
    },
    async compareAndSet(namespace, key, version, value, options) {
      const wanted = draft(namespace, key, value, options);
      const fence = fenceOf(namespace, options);
      const reply = await engine.write({ op: "compareAndSet", namespace, draft: wanted, version, fence });
      invariant(reply.op === "compareAndSet", "a compare-and-set is answered as one");
      return reply.value;
    },
    async delete(namespace, key, options) {
      checkWriter(options);
      const { writer } = options;
      const reply = await engine.write({ op: "delete", namespace, key, writer, fence: fenceOf(namespace, options) });
      invariant(reply.op === "delete", "a delete is answered as one");
      return reply.value;
    },
    async deleteNamespace(namespace, options = { writer: "namespace" }) {
      checkWriter(options);
      const { writer } = options;
      const reply = await engine.write({ op: "clear", namespace, writer, fence: fenceOf(namespace, options) });
      invariant(reply.op === "clear", "a clear is answered as one");
      return reply.value;
    },
    watch: (namespace, options = {}) =>
      watchChanges(engine, namespace, { ...options, signal: either(options.signal, ending.signal) }),
    lease: (namespace, name) => openLease(engine, namespace, name),
    queue: (namespace, name, options = {}) => openQueue(engine, { namespace, queue: name }, options),
    news: (namespace, ms, signal) => engine.news(namespace, ms, either(signal, ending.signal)),
    export: (namespace) => exportSnapshot(engine, namespace),
    async import(lines) {
      const { asks, imported } = await readImport(lines);
      for (const ask of asks) await engine.write({ op: "restore", ...ask, fence: null });
      return imported;
    },
    async close() {
      ending.abort();
      await engine.close();
    },
  };
}

function* getEntry(namespace: string, key: string): Step<ReturnType<typeof liveEntry>> {
  return liveEntry(yield* rowOf("findEntry", namespace, key));
}

function* listEntries(namespace: string, prefix: string): Step<NonNullable<ReturnType<typeof liveEntry>>[]> {
  if (prefix !== "") checkName("prefix", prefix);
  const rows = yield* rowsOf("listEntries", namespace, prefix, maxListed + 1);
  if (rows.length > maxListed) {
    throw new SwarmError("memory.too-large", `Cannot list ${namespace}/${prefix}*: more than ${maxListed} entries`, {
      hint: "Use a longer prefix",
    });
  }
  return rows.map((row) => liveEntry(row)).filter((entry) => entry !== null);
}

async function* exportSnapshot(engine: Engine, namespace?: string): AsyncGenerator<string> {
  const snapshot = await engine.snapshot();
  try {
    yield* exportLines(snapshot.read, namespace);
  } finally {
    await snapshot.close();
  }
}

function either(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one === undefined ? other : AbortSignal.any([one, other]);
}
