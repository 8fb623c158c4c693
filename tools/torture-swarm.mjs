// A live swarm under faults, judged by a ledger of its own process that asks for tasks and writes down the record's log.
//   node tools/torture-swarm.mjs --agents 5 --tasks 1000 --seed 1      a storm: faults at random, whatever else is going on
//   node tools/torture-swarm.mjs --faults 299                          one fault at a time, until so many of each kind were observed
//   node tools/torture-swarm.mjs --postgres --kinds coordinator,pause,cut    three coordinators on a PostgreSQL of its own
// [--per-second 20] [--gap 700] [--kinds agent,stall,sandbox,coordinator,pause,cut] [--minutes 30] [--plant double|lost] [--log file]
// Victims and moments follow from the seed; what is alive at those moments does not. Exit 0 only when every task was done
// exactly once, none is lost, faults were delivered, and each was noticed and healed. A signal ends it early, with nothing left behind.
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openFaultBook } from "./torture/fault-book.mjs";
import { judgeFaults } from "./torture/judge-faults.mjs";
import { balanceOf, judgeLedger, inputsOf } from "./torture/judge-ledger.mjs";
import { openRelay } from "./torture/relay.mjs";
import { leaderKinds, openFaults, pickKind, weights } from "./torture/swarm-faults.mjs";
import { startCoordinator, startLedger } from "./torture/swarm-programs.mjs";
import { openRecord } from "./open-record.mjs";

const { values: flags } = parseArgs({
  options: {
    agents: { type: "string", default: "5" },
    tasks: { type: "string" },
    /** One at a time, this many of each kind. */
    faults: { type: "string" },
    seed: { type: "string", default: "1" },
    "per-second": { type: "string", default: "20" },
    /** Mean time between two faults, or from one's healing to the next, ms. */
    gap: { type: "string" },
    kinds: { type: "string" },
    minutes: { type: "string", default: "30" },
    postgres: { type: "boolean", default: false },
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
const wantedFaults = flags.faults === undefined ? null : Number(flags.faults);
const tasks = Number(flags.tasks ?? (wantedFaults === null ? 1_000 : 1_000_000));
const perSecond = Number(flags["per-second"]);
const gapMs = Number(flags.gap ?? (wantedFaults === null ? 700 : 200));
const kinds = (flags.kinds ?? "agent,stall,sandbox,coordinator").split(",").filter((kind) => kind in weights);
if (kinds.includes("cut") && !flags.postgres) {
  process.stderr.write("a cut needs a network: add --postgres\n");
  process.exit(2);
}
const random = seededRandom(Number(flags.seed));
const namespace = "torture";
const coordinatorCount = flags.postgres ? 3 : 2;
/** No task ends for so long: the swarm has stopped, and what is missing is lost. */
const stuckMs = 45_000;
const healWithinMs = 15_000;

const folder = mkdtempSync("/tmp/e2bt-");
chmodSync(folder, 0o711);
const env = { PATH: process.env.PATH, HOME: folder, E2B_SWARM_HOME: join(folder, "h"), E2B_SWARM_STATE: folder };
const ledgerFile = join(folder, "ledger.ndjson");
const book = openFaultBook();
const coordinators = new Set();
const away = new Set();
const stale = { tried: 0, refused: 0 };
const tally = {
  sends: 0,
  fenced: 0,
  expired: 0,
  escalated: 0,
  tenures: 0,
  deposed: 0,
  adopted: 0,
  started: 0,
  replaced: 0,
};
const began = performance.now();
const progress = { done: 0, fed: null, atMs: performance.now() };
const endsMs = began + Number(flags.minutes) * 60_000;
/** Names of signals that came. */
const signalled = [];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => signalled.push(signal));
const isOver = () => signalled.length > 0 || performance.now() - progress.atMs > stuckMs;

const note = (line) => {
  if (flags.log !== undefined) appendFileSync(flags.log, `${JSON.stringify(line)}\n`);
};
const counted = {
  send: "sends",
  fenced: "fenced",
  expired: "expired",
  escalated: "escalated",
  led: "tenures",
  adopt: "adopted",
  start: "started",
  replace: "replaced",
};

function hear(line) {
  note(line);
  book.hear(line);
  if (line.kind in counted) tally[counted[line.kind]] += 1;
  // A leader that the record itself told that it leads no more.
  if (line.kind === "ceased" && line.reason !== null) tally.deposed += 1;
}

async function addCoordinator(cluster) {
  const relay =
    cluster === null ? null : await openRelay({ host: "127.0.0.1", port: Number(new URL(cluster.url).port) });
  const url = cluster === null ? {} : { E2B_SWARM_RECORD: relayed(cluster.url, relay.port) };
  // Many kills hit the same task: it is given up by its source, not by the swarm.
  const one = startCoordinator({ namespace, agents, maxAttempts: 100 }, { ...env, ...url }, hear);
  one.relay = relay;
  coordinators.add(one);
  void one.gone.then(() => {
    coordinators.delete(one);
    relay?.close();
  });
}

function relayed(url, port) {
  const through = new URL(url);
  through.port = String(port);
  return through.href;
}

async function until(isSo) {
  while (!isSo() && !isOver()) await sleep(20);
}

/** Faults at random while the tasks last; the last tasks show that the last faults healed. */
async function storm(deliver) {
  const calm = Math.min(tasks - 1, tasks - 2 * perSecond);
  while (progress.done < calm && !isOver()) {
    await oneFault(deliver, pickKind(kinds, random.next()));
    await sleep(gapMs * (0.5 + random.next()));
  }
}

/** One fault at a time, of the kind that was observed least, until each was observed often enough. */
async function campaign(deliver) {
  const rarest = () => kinds.toSorted((a, b) => book.observed(a) - book.observed(b))[0];
  while (book.observed(rarest()) < wantedFaults && performance.now() < endsMs && !isOver()) {
    await oneFault(deliver, rarest());
    await until(() => !book.isOpen());
    await sleep(gapMs * (0.5 + random.next()));
    if (away.size > 0) await Promise.all(away);
  }
  ledger.child.stdin.write("enough\n");
}

async function oneFault(deliver, kind) {
  const fault = book.plan(kind);
  const hit = await deliver(kind, random.next());
  if (hit === null) return;
  book.attempt(fault, hit.victim, hit.atNs);
  note({ atNs: String(hit.atNs), kind: "fault", fault: kind, victim: hit.victim });
}

async function run(cluster) {
  const place = cluster === null ? { sqlite: join(folder, ".swarm/record.sqlite") } : { postgres: cluster.url };
  const server = await ensureLocalServer({ env, spares: 2, idleSeconds: 180, maxSandboxes: 4 * agents + 20 });
  const store = await openRecord(place);
  const args = { record: place, namespace, tasks, perSecond, file: ledgerFile, plant: flags.plant ?? null };
  let isWritten = false;
  ledger = startLedger(args, env, (line) => {
    if (line.written) isWritten = true;
    if (line.fed !== undefined) progress.fed = line.fed;
    if (line.done === undefined) return;
    progress.done = line.done;
    progress.atMs = performance.now();
  });
  const add = () => addCoordinator(cluster);
  for (let i = 0; i < coordinatorCount; i += 1) await add();
  // The whole crew is there before the first fault.
  let settled = 0;
  while (settled < agents && !isOver()) {
    settled = (await store.list(namespace, "places/")).length;
    await sleep(50);
  }
  await until(() => progress.done > 0);
  tally.startedAnew = -tally.started;
  const target = {
    serverPid: server.pid,
    store,
    namespace,
    coordinators,
    addCoordinator: () => void add(),
    away,
    stale,
  };
  const deliver = openFaults(target);
  await (wantedFaults === null ? storm(deliver) : campaign(deliver));
  await Promise.all(away);
  await until(() => progress.fed !== null && progress.done >= progress.fed);
  tally.startedAnew += tally.started;
  for (let waitedMs = 0; book.isOpen() && waitedMs < healWithinMs; waitedMs += 50) await sleep(50);
  ledger.child.stdin.end();
  await ledger.gone;
  for (const one of coordinators) one.child.kill("SIGTERM");
  await Promise.race([Promise.all([...coordinators].map(({ gone }) => gone)), sleep(10_000)]);
  for (const one of coordinators) one.child.kill("SIGKILL");
  await store.close();
  return isWritten ? [] : ["the ledger did not end well"];
}

function report(findings, balance) {
  const line = (text) => process.stdout.write(`${text}\n`);
  const ms = ({ n, p50, p90, p99, max }) => `p50 ${p50} p90 ${p90} p99 ${p99} max ${max} ms (n ${n})`;
  for (const row of book.rows()) {
    const { kind, planned, attempted, observed, healed } = row;
    line(`${kind}: planned ${planned}, attempted ${attempted}, observed ${observed}, healed ${healed}`);
    line(`  detection ${ms(row.detectionMs)}`);
    line(`  recovery  ${ms(row.recoveryMs)}`);
    line(`  downtime  ${ms(row.downtimeMs)}`);
  }
  line(
    "of at least 299 values the largest bounds their 99th percentile from above, with confidence 0.95 (1 - 0.99^299)",
  );
  for (const finding of findings.slice(0, 20)) line(`finding: ${finding}`);
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  const work = { agents, tasks: progress.fed ?? 0, seed: Number(flags.seed), done: progress.done, seconds };
  const record = flags.postgres ? "postgres" : "sqlite";
  const summary = {
    ...work,
    record,
    coordinators: coordinatorCount,
    ...tally,
    stale,
    ...balance,
    findings: findings.length,
  };
  line(JSON.stringify({ ...summary, faults: book.rows() }));
  const verdict = findings.length === 0 ? "every task done exactly once" : `${findings.length} findings`;
  line(`torture: ${agents} agents, ${work.tasks} tasks, seed ${flags.seed}, ${seconds} s: ${verdict}`);
}

/** What the ledger and the fault book say, and what may not be after faults of leaders alone. */
async function judge() {
  const lines = readFileSync(ledgerFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const balance = balanceOf(lines);
  const findings = judgeLedger(lines, progress.fed ?? tasks, await inputsOf());
  findings.push(...judgeFaults(book.rows(), kinds, wantedFaults));
  if (stale.refused < stale.tried)
    findings.push(`${stale.tried - stale.refused} of ${stale.tried} writes of deposed leaders were not refused`);
  // Agents that fell silent on a busy machine are replaced, and counted; none is forgotten and made anew.
  if (kinds.every((kind) => leaderKinds.includes(kind)) && tally.startedAnew > 0)
    findings.push(`${tally.startedAnew} agents were started anew after the crew was there: they were not re-adopted`);
  return { findings, balance };
}

async function openCluster() {
  if (!flags.postgres) return null;
  const { noPostgres, startCluster } = await import("./postgres-cluster.mjs");
  if (noPostgres === null) return startCluster();
  process.stderr.write(`${noPostgres}\n`);
  process.exit(2);
}

const findings = [];
let ledger = null;
let balance = {};
const cluster = await openCluster();
try {
  findings.push(...(await run(cluster)));
  const judged = await judge();
  findings.push(...judged.findings);
  ({ balance } = judged);
} catch (fault) {
  findings.push(`the torture failed: ${fault.stack}`);
} finally {
  for (const one of coordinators) one.child.kill("SIGKILL");
  ledger?.child.kill("SIGKILL");
  await stopLocalServer({ env });
  cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (signalled.length > 0) findings.push(`ended early by ${signalled.join(", ")}`);
report(findings, balance);
process.exit(findings.length === 0 ? 0 : 1);
