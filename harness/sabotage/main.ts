// The process behind `validate --sabotage`: one request in, progress on stderr, one JSON document on stdout and beside the
// reports. Exits with 0 when every defect was caught, with 1 when one was missed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { validationHome } from "../../src/backend/running-validation.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Isolation } from "../../src/contracts/target.ts";
import { realClock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { tryLock } from "../../src/host/file-lock.ts";
import { makeId } from "../../src/host/ids.ts";
import { systemRandom } from "../../src/host/random.ts";
import { defects } from "./defects.ts";
import type { Defect } from "./defect.ts";
import { impostors, type Impostor } from "./impostors.ts";
import { runSabotage, type SabotageHost, type Tried } from "./run-sabotage.ts";
import { unmask } from "./unmask.ts";

const stop = new AbortController();
const abort = (why: string): void => {
  if (!stop.signal.aborted) stop.abort(new SwarmError("cancelled", `The sabotage was stopped: ${why}`));
};
process.on("SIGINT", () => abort("interrupted"));
process.on("SIGTERM", () => abort("terminated"));
process.stdin.on("end", () => abort("the command that started it is gone")).resume();
const progress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

interface Request {
  readonly wanted: readonly string[];
  readonly isolation: Isolation;
  readonly out: string;
}

function readRequest(text: string): Request {
  const value: unknown = JSON.parse(text);
  invariant(isRecord(value), "the request is an object");
  const { sabotage, isolation, folder, out = "reports" } = value;
  invariant(isolation === "bwrap" || isolation === "gvisor" || isolation === "none", "the request names an isolation");
  invariant(typeof folder === "string" && typeof out === "string", "the request names its folders");
  invariant(Array.isArray(sabotage), "the request names defects");
  return { wanted: sabotage.map(String), isolation, out: resolve(folder, out) };
}

/** Throws `usage.invalid` for an id that is neither a defect nor an impostor. */
function choose(wanted: readonly string[]): {
  readonly planted: readonly Defect[];
  readonly posing: readonly Impostor[];
} {
  if (wanted.includes("all")) return { planted: defects, posing: impostors };
  const ids = [...defects, ...impostors].map((one) => one.id);
  const unknown = wanted.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new SwarmError("usage.invalid", `Cannot plant ${unknown}: there is no defect of that name`, {
      hint: `Name all, or some of ${ids.join(", ")}`,
      details: { field: "sabotage" },
    });
  }
  return {
    planted: defects.filter((one) => wanted.includes(one.id)),
    posing: impostors.filter((one) => wanted.includes(one.id)),
  };
}

async function main(): Promise<number> {
  const request = readRequest(process.argv[2] ?? "{}");
  const { planted, posing } = choose(request.wanted);
  const lock = tryLock(validationHome(realEnv).lockFile);
  if (!("release" in lock)) {
    throw new SwarmError("run.busy", `Cannot sabotage: process ${lock.pid} is measuring on this machine`, {
      hint: "Wait for it to end; what runs here would be measured too",
      details: { pid: lock.pid },
    });
  }
  try {
    const began = realClock.monotonicNs();
    const host: SabotageHost = { clock: realClock, signal: stop.signal, progress, isolation: request.isolation };
    const tried: readonly Tried[] = [...(await runSabotage(planted, host)), ...(await unmask(posing, host))];
    const seconds = Math.ceil(Number(realClock.monotonicNs() - began) / 1e9);
    const caught = tried.filter((one) => one.caught).length;
    const runId = makeId("sabotage", systemRandom);
    const folder = join(request.out, runId);
    const answer = { runId, folder, sabotage: { tried: tried.length, caught, seconds, defects: tried } };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "sabotage.json"), `${JSON.stringify(answer, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return caught === tried.length ? 0 : 1;
  } finally {
    lock.release();
  }
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const { code, message, hint } = SwarmError.from(thrown);
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.exitCode = SwarmError.from(thrown).row.exitCode;
}
process.stdout.write("", () => process.exit());
