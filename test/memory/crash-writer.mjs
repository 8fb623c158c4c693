// A process that writes and finishes tasks until it is killed, and says, line by line, what was acknowledged. What failed is
// not said and goes on under another key. Started from crash.test.ts.
import { writeSync } from "node:fs";
import { openRecord } from "../../tools/open-record.mjs";

const [place, name] = process.argv.slice(2);
const store = await openRecord(JSON.parse(place));
const by = { writer: name };
const queue = store.queue("crash", "tasks", { limit: 1_000_000 });
const tried = (work) =>
  work.then(() => true).catch((fault) => fault.code?.startsWith("memory.") !== true && Promise.reject(fault));

for (let turn = 0; ; turn += 1) {
  const keys = [0, 1, 2, 3].map((lane) => `${name}-${turn}-${lane}`);
  const done = await Promise.all(keys.map((key) => tried(store.put("crash", key, key, { ...by, ttlSeconds: null }))));
  const said = keys.filter((_, i) => done[i]).map((key) => `put ${key}`);
  const taskId = `${name}-${turn}`;
  const finished = await tried(
    (async () => {
      await queue.push([{ taskId, payload: taskId }], by);
      for (const claim of await queue.claim({ ...by, leaseMs: 60_000 })) {
        const { outcome } = await queue.acknowledge(claim, `${name} did ${claim.taskId}`, by);
        if (outcome === "done") said.push(`task ${claim.taskId} ${name}`);
      }
    })(),
  );
  if (finished) said.push(`pushed ${taskId}`);
  if (said.length > 0) writeSync(1, `${said.join("\n")}\n`);
}
