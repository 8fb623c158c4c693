// A live swarm under random kills: agents, whole sandboxes and the leading coordinator die by SIGKILL (some agents are stopped
// by SIGSTOP instead), while a ledger of its own process asks for tasks and writes down the record's log.
//   node tools/torture-swarm.mjs --agents 5 --tasks 1000 --seed 1 [--per-second 20] [--gap 700] [--kinds agent,sandbox] [--plant double|lost] [--log file]
// Victims and moments follow from the seed; what is alive at those moments does not. Exit 0 only when every task was done
// exactly once and none is lost.
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openFaultBook } from "./torture/fault-book.mjs";
import { judgeLedger, inputsOf } from "./torture/judge-ledger.mjs";
import { agentPrograms, startCoordinator, startLedger, strike } from "./torture/swarm-programs.mjs";
import { openRecord } from "./open-record.mjs";

const { values: flags } = parseArgs({
  options: {
    agents: { type: "string", default: "5" },
    tasks: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    "per-second": { type: "string", default: "20" },
    /** Mean time between two faults, ms. */
    gap: { type: "string", default: "700" },
    /** Kinds of faults, with their shares of all. */
    kinds: { type: "string", default: "agent,stall,sandbox,coordinator" },
    plant: { type: "string" },
    /** Everything the coordinators said and every fault, as lines of JSON. */
    log: { type: "string" },
  },
});
const dist = join(import.meta.dirname, "../dist/src");
if (!existsSync(join(dist, "backend/coordinator-main.js"))) {
  process.stderr.write("dist/ is not built: run npm run build\n");
  process.exit(2);
}
const { ensureLocalServer, stopLocalServer } = await import(join(dist, "local/daemon.js"));
const { seededRandom } = await import(join(dist, "host/random.js"));

const agents = Number(flags.agents);
const tasks = Number(flags.tasks);
const perSecond = Number(flags["per-second"]);
const gapMs = Number(flags.gap);
const random = seededRandom(Number(flags.seed));
const namespace = "torture";
/** No task ends for so long: the swarm has stopped, and what is missing is lost. */
const stuckMs = 45_000;
const healWithinMs = 15_000;
/** Agent killed, agent stopped, sandbox killed, leader killed. */
const weights = { agent: 9, stall: 3, sandbox: 4, coordinator: 4 };
const kinds = flags.kinds.split(",").filter((kind) => kind in weights);

const folder = mkdtempSync("/tmp/e2bt-");
chmodSync(folder, 0o711);
const env = { PATH: process.env.PATH, HOME: folder, E2B_SWARM_HOME: join(folder, "h"), E2B_SWARM_STATE: folder };
const record = join(folder, ".swarm/record.sqlite");
const ledgerFile = join(folder, "ledger.ndjson");
const book = openFaultBook();
const coordinators = new Set();
const tally = { sends: 0, fenced: 0, expired: 0, escalated: 0, tenures: 0, adopted: 0 };
const began = performance.now();
const progress = { done: 0, atMs: performance.now() };
const isBelow = (count) => progress.done < count;

const note = (line) => {
  if (flags.log !== undefined) appendFileSync(flags.log, `${JSON.stringify(line)}\n`);
};

function hear(line) {
  note(line);
  book.hear(line);
  if (line.kind === "send") tally.sends += 1;
  if (line.kind === "fenced") tally.fenced += 1;
  if (line.kind === "expired") tally.expired += 1;
  if (line.kind === "escalated") tally.escalated += 1;
  if (line.kind === "led") tally.tenures += 1;
  if (line.kind === "adopt") tally.adopted += 1;
}

function addCoordinator() {
  // Many kills hit the same task: it is given up by its source, not by the swarm.
  const one = startCoordinator({ namespace, agents, maxAttempts: 100 }, env, hear);
  coordinators.add(one);
  void one.gone.then(() => coordinators.delete(one));
}

function pickKind() {
  let drawn = random.next() * kinds.reduce((sum, kind) => sum + weights[kind], 0);
  return kinds.find((kind) => (drawn -= weights[kind]) < 0) ?? kinds[0];
}

function attempted(fault, victim, atNs) {
  book.attempt(fault, victim, atNs);
  note({ atNs: String(atNs), kind: "fault", fault: fault.kind, victim });
}

async function oneFault(store, serverPid) {
  const kind = pickKind();
  const fault = book.plan(kind);
  const draw = random.next();
  if (kind === "coordinator") {
    const leader = [...coordinators].find(({ epoch }) => epoch !== null);
    const isFollowed = [...coordinators].some((one) => one !== leader && one.isReady);
    if (leader === undefined || !isFollowed) return;
    leader.epoch = null;
    leader.isReady = false;
    const atNs = process.hrtime.bigint();
    if (leader.child.kill("SIGKILL")) attempted(fault, "coordinator", atNs);
    addCoordinator();
    return;
  }
  const programs = agentPrograms(serverPid);
  const places = (await store.list(namespace, "places/")).filter(({ value }) => programs.has(value.sandboxId));
  const chosen = places[Math.floor(draw * places.length)];
  if (chosen === undefined) return;
  const { program, cell } = programs.get(chosen.value.sandboxId);
  const atNs = process.hrtime.bigint();
  const isDelivered =
    kind === "sandbox" ? strike(cell, "SIGKILL") : strike(program, kind === "stall" ? "SIGSTOP" : "SIGKILL");
  if (isDelivered) attempted(fault, chosen.key.slice("places/".length), atNs);
}

const isStuck = () => performance.now() - progress.atMs > stuckMs;

async function run() {
  const server = await ensureLocalServer({ env, spares: 2, idleSeconds: 600, maxSandboxes: 4 * agents + 20 });
  const store = await openRecord({ sqlite: record });
  const args = { record, namespace, tasks, perSecond, file: ledgerFile, plant: flags.plant ?? null };
  let isWritten = false;
  const ledger = startLedger(args, env, (line) => {
    if (line.written) isWritten = true;
    if (line.done === undefined) return;
    progress.done = line.done;
    progress.atMs = performance.now();
  });
  addCoordinator();
  addCoordinator();
  while (isBelow(1) && !isStuck()) await sleep(50);
  // The last tasks show that the last faults healed.
  const calm = Math.min(tasks - 1, tasks - 2 * perSecond);
  while (isBelow(calm) && !isStuck()) {
    await oneFault(store, server.pid);
    await sleep(gapMs * (0.5 + random.next()));
  }
  while (isBelow(tasks) && !isStuck()) await sleep(50);
  for (let waitedMs = 0; book.isOpen() && waitedMs < healWithinMs; waitedMs += 50) await sleep(50);
  ledger.child.stdin.end();
  await ledger.gone;
  for (const one of coordinators) one.child.kill("SIGTERM");
  await Promise.race([Promise.all([...coordinators].map(({ gone }) => gone)), sleep(10_000)]);
  for (const one of coordinators) one.child.kill("SIGKILL");
  await store.close();
  return isWritten ? [] : ["the ledger did not end well"];
}

function report(findings) {
  const line = (text) => process.stdout.write(`${text}\n`);
  const ms = ({ n, p50, p90, p99, max }) => `p50 ${p50} p90 ${p90} p99 ${p99} max ${max} ms (n ${n})`;
  for (const row of book.rows()) {
    const { kind, planned, attempted, observed, healed } = row;
    line(`${kind}: planned ${planned}, attempted ${attempted}, observed ${observed}, healed ${healed}`);
    line(`  detection ${ms(row.detectionMs)}`);
    line(`  recovery  ${ms(row.recoveryMs)}`);
    line(`  downtime  ${ms(row.downtimeMs)}`);
  }
  for (const finding of findings.slice(0, 20)) line(`finding: ${finding}`);
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  const summary = {
    agents,
    tasks,
    seed: Number(flags.seed),
    done: progress.done,
    seconds,
    ...tally,
    findings: findings.length,
  };
  line(JSON.stringify({ ...summary, faults: book.rows() }));
  const verdict = findings.length === 0 ? "every task done exactly once" : `${findings.length} findings`;
  line(`torture: ${agents} agents, ${tasks} tasks, seed ${flags.seed}, ${seconds} s: ${verdict}`);
}

const findings = [];
try {
  findings.push(...(await run()));
  const lines = readFileSync(ledgerFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  findings.push(...judgeLedger(lines, tasks, await inputsOf()));
} catch (fault) {
  findings.push(`the torture failed: ${fault.stack}`);
} finally {
  for (const one of coordinators) one.child.kill("SIGKILL");
  await stopLocalServer({ env });
  rmSync(folder, { recursive: true, force: true });
}
report(findings);
process.exit(findings.length === 0 ? 0 : 1);
