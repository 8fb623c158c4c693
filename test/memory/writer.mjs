// A process that writes until it is killed and says, line by line, what was acknowledged. Started from sqlite-store.test.ts.
import { writeSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const { openSqliteStore } = await import(join(root, "dist/src/memory/sqlite-store.js"));
const { realClock } = await import(join(root, "dist/src/host/clock.js"));
const [mode, path, name, count] = process.argv.slice(2);
const store = await openSqliteStore({ path, clock: realClock });

if (mode === "put") {
  for (let turn = 0; ; turn++) {
    const keys = [0, 1, 2, 3].map((lane) => `${name}-${turn}-${lane}`);
    await Promise.all(keys.map((key) => store.put("race", key, key, { writer: name })));
    writeSync(1, `${keys.join("\n")}\n`);
  }
}
for (let done = 0; done < Number(count);) {
  const current = await store.get("race", "counter");
  const next = (current?.value ?? 0) + 1;
  const result = await store.compareAndSet("race", "counter", current?.version ?? 0, next, { writer: name });
  if (result.outcome === "written") done++;
}
await store.close();
