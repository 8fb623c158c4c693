// A process that takes one sandbox for itself and one to keep, and waits to be ended. Started from open-sandboxes.test.ts.
import { writeSync } from "node:fs";
import { join } from "node:path";

const dist = join(import.meta.dirname, "../../dist/src");
const { openSandboxes } = await import(join(dist, "sandboxes/open-sandboxes.js"));
const { closeOnExit } = await import(join(dist, "sandboxes/close-on-exit.js"));
const { realClock } = await import(join(dist, "host/clock.js"));
const { systemRandom } = await import(join(dist, "host/random.js"));
const { silentLog } = await import(join(dist, "host/log.js"));

const target = JSON.parse(process.argv[2]);
const sandboxes = openSandboxes({ target, clock: realClock, random: systemRandom, log: silentLog, owner: "holder" });
closeOnExit(() => sandboxes.close(), realClock);
const owned = await sandboxes.create();
const kept = await sandboxes.create({ keep: true });
writeSync(1, `${owned.sandboxId} ${kept.sandboxId}\n`);
setInterval(() => undefined, 1_000);
