// A client of the record that does what it is told and says what it did: a line before each operation, a line after it, each
// written before it goes on, so that a kill at any moment leaves a true story. Started by tools/histories.mjs.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { openRecord } from "./open-record.mjs";

const store = await openRecord(JSON.parse(process.argv[2]));
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);
const now = () => String(process.hrtime.bigint());
const by = { writer: `client-${process.pid}` };
let number = 0;

/** Says the call, makes it, says what came of it. */
async function told(key, call, perform) {
  const n = number++;
  say({ n, key, call, invokedAt: now() });
  try {
    const result = await perform();
    say({ n, returnedAt: now(), result });
    return result;
  } catch (fault) {
    // What certainly did not happen is no part of the history; what may have happened stays without an answer.
    say({ n, dropped: fault.row?.definite === true || call.op === "get", code: fault.code ?? String(fault) });
    return undefined;
  }
}

async function perform({ namespace, plan }) {
  const queue = store.queue(namespace, "tasks", { maxAttempts: 100 });
  const known = new Map();
  const held = [];
  for (const { op, key, value, waitMs } of plan) {
    if (waitMs > 0) await sleep(waitMs);
    if (op === "get") {
      const entry = await told(key, { op }, async () => {
        const found = await store.get(namespace, key);
        return found === null ? null : { version: found.version, value: found.value };
      });
      if (entry !== undefined) known.set(key, entry?.version ?? 0);
    } else if (op === "put") {
      await told(key, { op, value }, async () => {
        const { version } = await store.put(namespace, key, value, by);
        return { version };
      });
    } else if (op === "cas") {
      const version = known.get(key) ?? 0;
      const set = await told(key, { op, version, value }, async () => {
        const answer = await store.compareAndSet(namespace, key, version, value, by);
        const won = answer.outcome === "written";
        return { won, version: won ? answer.entry.version : (answer.current?.version ?? 0) };
      });
      if (set !== undefined) known.set(key, set.version);
    } else if (op === "delete") {
      await told(key, { op }, async () => ({ removed: await store.delete(namespace, key, by) }));
    } else if (op === "claim") {
      const claims = await told(null, { op }, () => queue.claim({ ...by, leaseMs: 3_600_000 }));
      held.push(...(claims ?? []));
    } else if (op === "acknowledge" || op === "release") {
      const claim = held[held.length - 1];
      if (claim === undefined) continue;
      if (op === "release") held.pop();
      const { taskId, token } = claim;
      const call = op === "release" ? { op, token } : { op, token, result: value };
      const act = () => (op === "release" ? queue.release(claim, by) : queue.acknowledge(claim, value, by));
      await told(taskId, call, async () => ({ done: (await act()).outcome === "done" }));
    }
  }
  say({ ended: namespace });
}

say({ ready: process.pid });
for await (const line of createInterface({ input: process.stdin })) await perform(JSON.parse(line));
await store.close();
