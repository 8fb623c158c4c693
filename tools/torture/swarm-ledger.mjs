// The ledger of a swarm's work, a process of its own that shares no code with the coordinator: it invents the tasks, puts them
// into the queue at a steady pace, and writes down every change of the record's own log, each line before the next is read.
//   node swarm-ledger.mjs '{"record":{"sqlite":path},"namespace":…,"tasks":1000,"perSecond":20,"file":path,"plant":null}'
// A line on its stdin ends the tasks before their number is reached; the end of its stdin ends the ledger. Its last lines are
// the queue's own word on every task. It never judges: tools/torture/judge-ledger.mjs does.
import { openSync, writeSync, fsyncSync, closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openRecord } from "../open-record.mjs";
import { taskOf } from "./judge-ledger.mjs";

const { record, namespace, tasks, perSecond, file, plant } = JSON.parse(process.argv[2]);
const by = { writer: "ledger" };
const store = await openRecord(record);
const queue = store.queue(namespace, "tasks", { limit: 1_000_000, maxAttempts: 1_000 });
const out = openSync(file, "a");
const write = (line) => writeSync(out, `${JSON.stringify(line)}\n`);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const done = new Set();
const over = new AbortController();
let isPlanted = false;
const enough = new AbortController();
process.stdin.once("data", () => enough.abort());
process.stdin.once("end", () => enough.abort());

/** A write that may be repeated until it is certain. */
async function surely(act) {
  for (let tried = 0; ; tried += 1) {
    try {
      return await act();
    } catch (fault) {
      if (tried === 200 || !["memory.indeterminate", "memory.unavailable"].includes(fault.code)) throw fault;
      await sleep(25);
    }
  }
}

async function watch() {
  for await (const change of store.watch(namespace, { prefix: "", from: 0, signal: over.signal })) {
    write({ change });
    const key = change.kind === "put" ? change.entry.key : "";
    if (!key.startsWith("results/")) continue;
    done.add(key.slice("results/".length));
    if (done.size === 30 && !isPlanted) await planted(change.entry);
    say({ done: done.size, of: tasks, atNs: String(process.hrtime.bigint()) });
  }
}

/** What the judge must catch. */
async function planted(entry) {
  isPlanted = true;
  if (plant === "double") await surely(() => store.put(namespace, entry.key, entry.value, { ...by, ttlSeconds: null }));
  if (plant === "lost") await surely(() => store.delete(namespace, entry.key, by));
}

async function feed() {
  const step = Math.max(1, Math.round(perSecond / 10));
  let fed = 0;
  const began = performance.now();
  while (fed < tasks && !enough.signal.aborted) {
    const batch = Array.from({ length: Math.min(step, tasks - fed) }, (_, i) => taskOf(fed + i));
    await surely(() => queue.push(batch, by));
    fed += batch.length;
    await sleep(Math.max(0, began + (1000 * fed) / perSecond - performance.now()));
  }
  return fed;
}

const watching = watch();
const ended = new Promise((resolve) => process.stdin.once("end", resolve));
const fed = await feed();
say({ fed });
await ended;
// The last changes are seen before the watch ends.
const last = await store.position(namespace);
write({ position: last });
await sleep(600);
over.abort();
await watching.catch((fault) => {
  if (fault?.name !== "AbortError") throw fault;
});
for (let at = 0; at < fed; at += 1) {
  const { taskId } = taskOf(at);
  const kept = await queue.read(taskId);
  write({ task: taskId, state: kept?.state ?? "unknown", result: kept?.result ?? null });
}
fsyncSync(out);
closeSync(out);
await store.close();
say({ written: true });
