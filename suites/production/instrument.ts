// Is the instrument itself honest? What the benchmark measures with is tried on operations whose duration, number and end are
// known beforehand, and its records are read back from the disk as plain text.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { watchHealth } from "../../bench/health.ts";
import { measure, now, type Bench } from "../../bench/schedule.ts";
import type { Series } from "../../bench/series.ts";
import { findInterference } from "../../harness/evidence/interference.ts";
import { openEvents, openObservations, openSamples, type RunContext } from "../../harness/evidence/recorder.ts";
import { openWitness } from "../../harness/evidence/witness.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock } from "../../src/host/clock.ts";
import { faultOf, type Check } from "../check.ts";

const ms = 1_000_000;
/** Slept by a program of the system, by the clock of the kernel. */
const sleptMs = 200;
const waitedMs = 300;
const metric = "instrument";

type Row = Readonly<Record<string, unknown>>;

export async function seeInstrument(check: Pick<Check, "see" | "folder" | "nonce">): Promise<void> {
  const { rows, responses, calls } = await tryInstrument(check.folder);
  const [late, failed, limited, warm, silent, deaf] = rows;
  const { see } = check;
  await see("a wait of known length is recorded with its length", true, () => {
    const dur = Number(late?.dur);
    return dur > sleptMs * 0.9 * ms && dur < sleptMs * 8 * ms;
  });
  await see("what was due earlier is timed from when it was due", true, () => {
    const lateness = Number(late?.st) - Number(late?.sch);
    return lateness >= waitedMs * ms && (responses[0] ?? 0) >= (waitedMs + sleptMs * 0.9) * ms;
  });
  await see("a timeout is kept as one", { out: "timeout", cens: "right" }, () => ({
    out: failed?.out,
    cens: failed?.cens,
  }));
  await see("what fails is tried once", 1, () => calls);
  await see("a refusal by the provider has its own class", "error:provider-limit", () => limited?.out);
  await see("a warm-up stays a warm-up", { ph: "warmup", counted: 5 }, () => ({
    ph: warm?.ph,
    counted: responses.length,
  }));
  await see("what sent nothing to the target is simulated", "simulated", () => silent?.provenance);
  await see("what left its nonce unanswered is simulated", "simulated", () => deaf?.provenance);
  await see("a switch that answers without a call is noticed", 1, () => findInterference({ E2B_DEBUG: "true" }).length);
  await see("a replaced fetch is noticed", true, () => withReplacedFetch(() => findInterference({}).length > 0));
  await see("a key is refused before it is written", "evidence.invalid", () => writeKey(check));
}

async function tryInstrument(
  folder: string,
): Promise<{ readonly rows: readonly Row[]; readonly responses: readonly number[]; readonly calls: number }> {
  const context = contextIn(folder, "instrument");
  // No server is asked anything here, so none is named.
  const watch = openWitness({ target: { kind: "local", port: 0 }, env: {} });
  const events = openEvents(context, "instrument", realClock);
  const recorder = openSamples(context, "instrument", metric);
  const health = watchHealth(realClock);
  const bench: Bench = { clock: realClock, originNs: context.originNs, watch, events, health };
  const responses: number[] = [];
  const series: Series = { add: (responseNs) => void responses.push(responseNs), worth: () => responses.length };
  let calls = 0;
  const fail = (code: "sandbox.timeout" | "sandbox.rate-limited") => async (): Promise<never> => {
    if (code === "sandbox.timeout") calls += 1;
    throw new SwarmError(code, "Failed on purpose");
  };
  const once = (more: Pick<Parameters<typeof measure>[1], "operation"> & Partial<Parameters<typeof measure>[1]>) =>
    measure(bench, { recorder, series, sch: now(bench), ph: "measure", cl: null, subject: "own-code", ...more });
  // Offsets count from the origin, so that what was due earlier still lies behind it.
  await realClock.sleep(waitedMs * 2);
  const sleep = async (): Promise<unknown> => promisify(execFile)("sleep", [String(sleptMs / 1_000)]);
  await once({ sch: now(bench) - waitedMs * ms, operation: sleep });
  await once({ operation: fail("sandbox.timeout") });
  await once({ operation: fail("sandbox.rate-limited") });
  await once({ ph: "warmup", operation: async () => 1 });
  await once({ subject: "target", operation: async () => 1 });
  await once({ operation: async () => 1, facts: () => ({ nonce: "n" }) });
  recorder.close();
  health.close(events);
  events.close();
  watch.close();
  const lines = readFileSync(join(context.folder, `samples/instrument/${metric}.ndjson`), "utf8")
    .trim()
    .split("\n");
  const rows = lines.slice(1).map((line): unknown => JSON.parse(line));
  return { rows: rows.filter((row) => isRecord(row)), responses, calls };
}

function contextIn(folder: string, name: string): RunContext {
  return {
    folder: join(folder, name),
    run: "run_instrument",
    planSha256: "0".repeat(64),
    originNs: realClock.monotonicNs(),
  };
}

function withReplacedFetch(look: () => boolean): boolean {
  const own: unknown = Reflect.get(globalThis, "fetch");
  Reflect.set(globalThis, "fetch", () => Promise.resolve(new Response("{}")));
  try {
    return look();
  } finally {
    Reflect.set(globalThis, "fetch", own);
  }
}

function writeKey({ folder, nonce }: Pick<Check, "folder" | "nonce">): Promise<string> {
  const observations = openObservations(contextIn(folder, "keys"), "keys", realClock);
  return faultOf(async () => observations.observe("a key", "", `e2b_${nonce()}0000000000000000`, null)).finally(() =>
    observations.close(),
  );
}
