// Records histories of the shared record under concurrent clients and kills, and checks each for linearizability.
//   node tools/histories.mjs [--store sqlite|postgres] [--histories 1000] [--seed 1] [--url postgres://…] [--keep folder]
// Four processes work on three entries and two tasks; in most histories one of them (the owner of the file as likely as any),
// or a server process of PostgreSQL, is killed with SIGKILL at a random moment. The last line is a summary as JSON; the exit
// code is 0 only when all that was asked for was recorded and is linearizable. A signal ends it after the present history.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { checkHistory } from "../dist/harness/certify/linearizability.js";
import { entryModel, taskModel } from "../dist/harness/certify/record-model.js";
import { seededRandom } from "../dist/src/host/random.js";
import { openRecord } from "./open-record.mjs";

const { values: flags } = parseArgs({
  options: {
    store: { type: "string", default: "sqlite" },
    histories: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    url: { type: "string" },
    keep: { type: "string" },
  },
});
const clients = 4;
const stepsEach = 14;
const killShare = 0.8;
const serverKillShare = 0.1;
const entryKeys = ["x", "y", "z"];
const taskIds = ["t0", "t1"];
const random = seededRandom(Number(flags.seed));
const pick = (list) => list[Math.floor(random.next() * list.length)];
const folder = mkdtempSync(join(tmpdir(), "swarm-histories-"));
const schema = `histories_${process.pid}`;
const place = flags.store === "postgres" ? { postgres: flags.url, schema } : { sqlite: join(folder, "record.db") };
const now = () => process.hrtime.bigint();

async function startClient() {
  const program = join(import.meta.dirname, "history-client.mjs");
  const child = spawn(process.execPath, [program, JSON.stringify(place)], { stdio: ["pipe", "pipe", "inherit"] });
  const client = { child, lines: [], ended: new Set(), wake: () => undefined, isGone: false };
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told = JSON.parse(line);
    if (told.ended !== undefined) client.ended.add(told.ended);
    else client.lines.push(told);
    client.wake();
  });
  child.on("close", () => {
    client.isGone = true;
    client.wake();
  });
  await until(client, () => client.lines.length > 0 || client.isGone);
  if (client.isGone) throw new Error("a client did not start");
  client.lines = [];
  return client;
}

async function until(client, isSo) {
  while (!isSo()) await new Promise((resolve) => (client.wake = resolve));
}

function makePlan(tag) {
  return Array.from({ length: stepsEach }, (_, i) => {
    const op = pick(["get", "get", "put", "cas", "cas", "cas", "delete", "claim", "acknowledge", "release"]);
    return { op, key: pick(entryKeys), value: `${tag}-${i}`, waitMs: Math.floor(random.next() * 3) };
  });
}

/** Kills a backend of the server; the server restarts all of them by itself. */
async function killServerProcess() {
  const { default: pg } = await import("pg");
  const session = new pg.Client({ connectionString: flags.url });
  session.on("error", () => undefined);
  await session.connect();
  const { rows } = await session.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'e2b-swarm'");
  if (rows.length > 0) process.kill(pick(rows).pid, "SIGKILL");
  await session.end().catch(() => undefined);
}

async function record(store, namespace, members) {
  const queue = store.queue(namespace, "tasks", { maxAttempts: 100 });
  await queue.push(
    taskIds.map((taskId) => ({ taskId, payload: taskId })),
    { writer: "histories" },
  );
  members.forEach(({ child }, i) => {
    child.stdin.write(`${JSON.stringify({ namespace, plan: makePlan(`${namespace}-${i}`) })}\n`);
  });
  let kill = "none";
  if (random.next() < killShare) {
    await sleep(1 + random.next() * 25);
    if (flags.store === "postgres" && random.next() < serverKillShare / killShare) {
      kill = "server";
      await killServerProcess();
    } else {
      kill = "client";
      pick(members).child.kill("SIGKILL");
    }
  }
  await Promise.all(members.map((one) => until(one, () => one.isGone || one.ended.has(namespace))));
  const story = members.flatMap((one, i) => one.lines.splice(0).map((line) => ({ ...line, client: i })));
  const looked = await look(store, queue, namespace);
  return { kill, operations: [...operationsOf(story), ...looked], indeterminate: lostOf(story) };
}

/** What the record says when all is over: an acknowledged write that is missing here is a violation. */
async function look(store, queue, namespace) {
  const operations = [];
  for (const key of entryKeys) {
    const invokedAt = now();
    const entry = await store.get(namespace, key);
    const result = entry === null ? null : { version: entry.version, value: entry.value };
    operations.push({ key, call: { op: "get", result }, invokedAt, returnedAt: now() });
  }
  for (const taskId of taskIds) {
    const invokedAt = now();
    const task = await queue.read(taskId);
    operations.push({ key: taskId, call: { op: "look", result: task.result }, invokedAt, returnedAt: now() });
  }
  return operations;
}

/** From lines to operations: a call whose line of return is missing is indeterminate. */
function operationsOf(story) {
  const calls = new Map();
  for (const line of story) {
    const id = `${line.client} ${line.n}`;
    calls.set(id, { ...calls.get(id), ...line });
  }
  return [...calls.values()].filter(({ dropped }) => dropped !== true).flatMap(operationOf);
}

function operationOf({ key, call, invokedAt, returnedAt, result }) {
  const isLost = returnedAt === undefined;
  const times = { invokedAt: BigInt(invokedAt), returnedAt: isLost ? null : BigInt(returnedAt) };
  if (call.op === "claim") {
    // Nobody knows which task a lost claim took: it may have been any one of them.
    if (isLost) return taskIds.map((taskId) => ({ key: taskId, call: { op: "claim", token: null }, ...times }));
    return result.map(({ taskId, token }) => ({ key: taskId, call: { op: "claim", token }, ...times }));
  }
  if (isLost && call.op === "get") return [];
  if (call.op === "acknowledge" || call.op === "release") {
    return [{ key, call: { ...call, done: isLost ? null : result.done }, ...times }];
  }
  return [{ key, call: { ...call, result: isLost ? null : result }, ...times }];
}

function lostOf(story) {
  const returned = new Set(
    story.filter((line) => "returnedAt" in line || line.dropped).map((l) => `${l.client} ${l.n}`),
  );
  return story.filter((line) => "call" in line && !returned.has(`${line.client} ${line.n}`)).length;
}

function judge(operations) {
  const isTask = ({ key }) => taskIds.includes(key);
  const verdicts = [
    checkHistory(
      entryModel,
      operations.filter((one) => !isTask(one)),
    ),
    checkHistory(taskModel, operations.filter(isTask)),
  ];
  return verdicts.find(({ verdict }) => verdict !== "linearizable") ?? verdicts[0];
}

function keep(name, value) {
  if (flags.keep === undefined) return;
  mkdirSync(flags.keep, { recursive: true });
  const plain = (_, member) => (typeof member === "bigint" ? String(member) : member);
  writeFileSync(join(flags.keep, `${name}.json`), `${JSON.stringify(value, plain)}\n`);
}

const wanted = Number(flags.histories);
const totals = {
  operations: 0,
  indeterminate: 0,
  clientKills: 0,
  serverKills: 0,
  linearizable: 0,
  violation: 0,
  unknown: 0,
};
const members = [];
const store = await openRecord(flags.store === "postgres" ? place : { sqlite: join(folder, "record.db") });
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopping.abort());
let done = 0;
try {
  for (let i = 0; i < clients; i += 1) members.push(await startClient());
  for (let i = 0; i < wanted && !stopping.signal.aborted; i += 1) {
    const { kill, operations, indeterminate } = await record(store, `h${i}`, members);
    const found = judge(operations);
    totals.operations += operations.length;
    totals.indeterminate += indeterminate;
    totals.clientKills += kill === "client" ? 1 : 0;
    totals.serverKills += kill === "server" ? 1 : 0;
    totals[found.verdict] += 1;
    done += 1;
    keep(`h${i}`, { seed: Number(flags.seed), kill, found, operations });
    if (found.verdict !== "linearizable") process.stderr.write(`h${i}: ${found.verdict} of ${found.key}\n`);
    for (const [at, one] of members.entries()) if (one.isGone) members[at] = await startClient();
  }
} finally {
  for (const { child } of members) child.kill("SIGKILL");
  await store.close().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(
  `${JSON.stringify({ store: flags.store, histories: done, seed: Number(flags.seed), ...totals })}\n`,
);
process.exit(totals.linearizable === wanted ? 0 : 1);
