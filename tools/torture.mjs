// Kills a local server and its children with kill -9 at seeded moments, and looks for anything that stays.
//   node tools/torture.mjs --runs 1000 --seed 1      every run; `--only 17` repeats one; `--plant process` must be caught
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { planRun } from "./torture/plan.mjs";
import { kill } from "./torture/processes.mjs";
import { live } from "./torture/life.mjs";

const lanes = 2;
const maxRuns = 100_000;
/** A run that takes longer hangs, and is a finding. */
const runMs = 90_000;

function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : process.argv[at + 1];
}

const runs = Math.min(Number(option("runs", "1000")), maxRuns);
const seed = Number(option("seed", "1"));
const only = option("only", undefined);
const plant = option("plant", undefined);
const dist = join(import.meta.dirname, "../dist/src");
if (!existsSync(join(dist, "local/daemon.js"))) {
  process.stderr.write("dist/ is not built: run npm run build\n");
  process.exit(2);
}
const daemon = await import(join(dist, "local/daemon.js"));
const { seededRandom } = await import(join(dist, "host/random.js"));
const { identify } = await import(join(dist, "host/process-identity.js"));

const counts = new Map();
const phases = new Map();
let bad = 0;
let done = 0;
const began = performance.now();

/** What no sweep may remove, because its owner lives: the checker has to see it. */
const plants = {
  process: async ({ names }) => {
    names.add("e2bs-planted");
    const child = spawn("sleep", ["100"], { env: { E2B_SWARM_RUN: "e2bs-planted" }, stdio: "ignore" });
    process.once("exit", () => kill(child.pid));
  },
  folder: async ({ temporary }) => {
    mkdirSync(join(temporary, "e2bs-planted"));
    writeFileSync(join(temporary, "e2bs-planted/owner.json"), JSON.stringify(identify(process.pid)));
  },
  state: async ({ home }) => {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "planted.json"), '{"half":');
  },
};

async function one(index, folder) {
  const plan = planRun(seededRandom(seed * 1_000_003 + index));
  phases.set(plan.phase, (phases.get(plan.phase) ?? 0) + 1);
  const late = new Promise((resolve) => setTimeout(resolve, runMs, ["the run hangs"]).unref());
  const life = live(plan, { daemon, folder, counts, plant: plant === undefined ? undefined : plants[plant] });
  const problems = await Promise.race([life.catch((error) => [`the run failed: ${error.stack}`]), late]);
  done += 1;
  if (problems.length === 0) return;
  bad += 1;
  const about = `${plan.phase}, ${plan.victim} after ${plan.delayMs.toFixed(1)} ms`;
  process.stdout.write(`run ${index} (${about}): ${problems.join("; ")}\n`);
}

let next = only === undefined ? 0 : Number(only);
const end = only === undefined ? runs : next + 1;
async function lane() {
  const folder = mkdtempSync("/tmp/e2bk-");
  chmodSync(folder, 0o711);
  try {
    while (next < end) await one(next++, folder);
  } finally {
    const env = { ...process.env, E2B_SWARM_HOME: join(folder, "home"), TMPDIR: join(folder, "t") };
    if (existsSync(join(folder, "t"))) await daemon.stopLocalServer({ env });
    rmSync(folder, { recursive: true, force: true });
  }
}

const progress = setInterval(() => process.stderr.write(`${done} of ${end} runs, ${bad} with a finding\n`), 15_000);
await Promise.all(Array.from({ length: plant === undefined ? Math.min(lanes, end) : 1 }, lane));
clearInterval(progress);
const tally = (map) => [...map].map(([name, count]) => `${name} ${count}`).join(", ");
const seconds = ((performance.now() - began) / 1000).toFixed(0);
process.stdout.write(`victims: ${tally(counts)}\nbusy with: ${tally(phases)}\n`);
process.stdout.write(
  `torture: ${done} runs, seed ${seed}, ${seconds} s: ${bad === 0 ? "nothing left behind" : `${bad} runs with a finding`}\n`,
);
process.exit(bad === 0 ? 0 : 1);
