// Kills `validate` with kill -9 at seeded moments and looks at what stays: the bundle must verify as INCOMPLETE, and after
// `local stop` no sandbox, process, mount or temporary folder of that home may be left.
//   node tools/torture-validate.mjs --runs 20 --seed 1      `--layers backend` chooses the suites, `--max-ms` the last moment
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { leftovers } from "./torture/leftovers.mjs";
import { allProcesses, commandOf, environmentOf, kill } from "./torture/processes.mjs";

const maxRuns = 10_000;
/** A dead validation's server and suites notice within this time, ms. */
const settleMs = 15_000;
const pollMs = 100;

function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : process.argv[at + 1];
}

const runs = Math.min(Number(option("runs", "20")), maxRuns);
const seed = Number(option("seed", "1"));
const layers = option("layers", "backend");
const maxMs = Number(option("max-ms", "20000"));
const root = join(import.meta.dirname, "..");
const program = join(root, "bin/e2b-swarm.mjs");
const verifier = join(root, "dist/harness/verify/main.js");
if (!existsSync(verifier)) {
  process.stderr.write("dist/ is not built: run npm run build\n");
  process.exit(2);
}
const { seededRandom } = await import(join(root, "dist/src/host/random.js"));
const random = seededRandom(seed);
const draw = () => random.next();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Processes that carry this life's home in their first environment. */
function ofHome(home) {
  return allProcesses().filter(({ pid }) => environmentOf(pid).includes(`E2B_SWARM_HOME=${home}`));
}

function measuring(home) {
  return ofHome(home).filter(({ pid }) => commandOf(pid).includes("harness/run/main.js"));
}

/** One life: the moment, whom the kill hit, and what was wrong afterwards. */
async function one(index, folder) {
  const home = join(folder, "home");
  const temporary = join(folder, "t");
  const out = join(folder, "reports");
  for (const path of [home, temporary]) mkdirSync(path, { recursive: true, mode: 0o711 });
  const env = { ...process.env, E2B_SWARM_HOME: home, TMPDIR: temporary, E2B_SWARM_TARGET: "local" };
  const args = [program, "validate", "--layers", layers, "--no-bench", "--out", out];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const moment = Math.floor(draw() * maxMs);
  const whom = draw() < 0.5 ? "command" : "harness";
  await Promise.race([sleep(moment), ended]);
  const finished = child.exitCode !== null;
  const seen = ofHome(home);
  const victims = whom === "command" ? [child.pid] : measuring(home).map(({ pid }) => pid);
  for (const pid of victims) kill(pid);
  if (whom === "harness") await Promise.race([ended, sleep(settleMs)]);
  kill(child.pid);
  await ended;
  for (let waited = 0; measuring(home).length > 0 && waited < settleMs; waited += pollMs) await sleep(pollMs);
  const problems = judge(out, finished);
  spawnSync(process.execPath, [program, "local", "stop"], { cwd: folder, env, stdio: "ignore", timeout: 60_000 });
  await sleep(pollMs);
  const names = new Set(
    seen
      .flatMap(({ pid }) => environmentOf(pid))
      .filter((entry) => entry.startsWith("E2B_SWARM_RUN="))
      .map((entry) => entry.slice(14)),
  );
  problems.push(...leftovers({ temporary, home, names, seen }));
  problems.push(...ofHome(home).map(({ pid }) => `process ${pid}: ${commandOf(pid).slice(0, 100)}`));
  problems.push(
    ...readdirSync(temporary)
      .filter((name) => name.startsWith("e2b-swarm-"))
      .map((name) => `folder ${name}`),
  );
  for (const { pid } of ofHome(home)) kill(pid);
  return { index, moment, whom: finished ? "nobody, it had ended" : whom, problems, ends: endsOf(out) };
}

function bundles(out) {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .filter((name) => name.startsWith("run_"))
    .map((name) => join(out, name));
}

function endsOf(out) {
  return bundles(out).map((folder) => spawnSync(process.execPath, [verifier, folder], { encoding: "utf8" }).status);
}

/** A killed run verifies as INCOMPLETE (6). Before its plan stood there is no bundle (5), and nothing was promised. */
function judge(out, finished) {
  return bundles(out).flatMap((folder) => {
    const { status, stdout } = spawnSync(process.execPath, [verifier, folder], { encoding: "utf8" });
    const early = status === 5 && !existsSync(join(folder, "evidence/plan.json"));
    if (status === 6 || early || (finished && [0, 1, 3].includes(status))) return [];
    return [
      `${folder} verifies with ${status}: ${stdout
        .split("\n")
        .filter((line) => line.startsWith("problem"))
        .slice(0, 3)
        .join(" | ")}`,
    ];
  });
}

let bad = 0;
for (let index = 0; index < runs; index += 1) {
  const folder = mkdtempSync("/tmp/e2bv-");
  try {
    const { moment, whom, problems, ends } = await one(index, folder);
    const how = ends.length === 0 ? "no bundle yet" : `verifies with ${ends.join(", ")}`;
    process.stdout.write(
      `run ${index}: kill -9 of ${whom} after ${moment} ms, ${how}${problems.length === 0 ? "" : `: ${problems.join("; ")}`}\n`,
    );
    if (problems.length > 0) bad += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.stdout.write(
  `torture: ${runs} runs, seed ${seed}: ${bad === 0 ? "nothing left behind, every bundle incomplete" : `${bad} runs with a finding`}\n`,
);
process.exit(bad === 0 ? 0 : 1);
