// A hundred tasks over five sandboxes while sandboxes are killed. A task is done when its result, which only code inside a
// sandbox can compute from a fresh secret, was written to the record by compare-and-set; the record is the ledger.
import { createHash } from "node:crypto";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { realClock } from "../../src/host/clock.ts";
import { faultNote, type FaultPhase } from "../../harness/claims/run-notes.ts";
import { check } from "../check.ts";

const taskCount = 100;
const workerCount = 5;
const kills = 2;

check("production.stress", async ({ see, backend, create, journal, nonce, folder }) => {
  const store = await openSqliteStore({ path: `${folder}/stress.sqlite`, clock: realClock });
  const secret = nonce();
  const queue = Array.from({ length: taskCount }, (_, i) => `task-${i}`);
  let refused = 0;
  const killed = new Set<number>();
  const down = new Set<number>();
  const phase = (worker: number, name: FaultPhase): void =>
    journal(faultNote({ id: `worker-${worker}`, fault: "kill sandbox", phase: name }));
  for (let worker = 0; worker < kills; worker += 1) phase(worker, "planned");

  const work = async (worker: number): Promise<void> => {
    let [{ sandboxId }] = await create({ template: "base", envVars: { SECRET: secret } });
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      if (worker < kills && !killed.has(worker) && queue.length < taskCount / 2) {
        killed.add(worker);
        phase(worker, "attempted");
        await backend.call("terminateE2bSandbox", { sandboxId });
        down.add(worker);
      }
      const result = await perform(sandboxId, task);
      if (down.has(worker) && result === null) phase(worker, "observed");
      if (down.has(worker) && result !== null) {
        phase(worker, "healed");
        down.delete(worker);
      }
      if (result === null) {
        queue.push(task);
        [{ sandboxId }] = await create({ template: "base", envVars: { SECRET: secret } });
        continue;
      }
      const done = await store.compareAndSet(
        "stress",
        task,
        0,
        { result, worker },
        { writer: `worker-${worker}`, ttlSeconds: null },
      );
      if (done.outcome === "conflict") refused += 1;
    }
  };
  const perform = async (sandboxId: string, task: string): Promise<string | null> => {
    try {
      const command = `printf '%s:%s' "$SECRET" '${task}' | sha256sum | cut -c1-64`;
      const { stdout } = await backend.call("executeE2bProcess", { sandboxId, command });
      return stdout.trim() === "" ? null : stdout.trim();
    } catch {
      return null;
    }
  };

  await Promise.all(Array.from({ length: workerCount }, (_, worker) => work(worker)));
  const entries = await store.list("stress");
  await store.close();
  await see("each task is in the record once", taskCount, () => entries.length);
  await see("written once each", taskCount, () => entries.filter((entry) => entry.version === 1).length);
  await see("every result could only be computed inside", [], () =>
    entries
      .filter(
        (entry) =>
          !JSON.stringify(entry.value).includes(createHash("sha256").update(`${secret}:${entry.key}`).digest("hex")),
      )
      .map((entry) => entry.key),
  );
  await see("no task was done twice", 0, () => refused);
  await see("sandboxes were killed while it ran", kills, () => killed.size);
});
