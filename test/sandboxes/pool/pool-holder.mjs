// A process with a pool: one sandbox idle in it, one out on a lease. Started and killed from warm-pool.test.ts.
import { writeSync } from "node:fs";
import { join } from "node:path";

const dist = join(import.meta.dirname, "../../../dist/src");
const { openSandboxes } = await import(join(dist, "sandboxes/open-sandboxes.js"));
const { managerOff } = await import(join(dist, "sandboxes/manager-settings.js"));
const { closeOnExit } = await import(join(dist, "sandboxes/close-on-exit.js"));
const { realClock } = await import(join(dist, "host/clock.js"));
const { systemRandom } = await import(join(dist, "host/random.js"));
const { silentLog } = await import(join(dist, "host/log.js"));

const target = JSON.parse(process.argv[2]);
const pool = { size: 2, warm: 0, idleSeconds: 600, leashSeconds: 9 };
const host = { clock: realClock, random: systemRandom, log: silentLog, owner: "pool-holder" };
const sandboxes = openSandboxes({ target, ...host, settings: { ...managerOff, pool } });
closeOnExit(() => sandboxes.close(), realClock);
const [idle, leased] = [await sandboxes.lease(), await sandboxes.lease({ timeoutSeconds: 5 })];
await sandboxes.giveBack(idle.sandboxId);
while (sandboxes.counts().pool.idle === 0) await realClock.sleep(10);
writeSync(1, `${idle.sandboxId} ${leased.sandboxId}\n`);
setInterval(() => undefined, 1_000);
