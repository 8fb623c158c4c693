// One server's life and violent death, in a home folder that the next life uses again: so every start is also the proof
// that what came before can be started over.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOf } from "./client.mjs";
import { leftovers, runFolders } from "./leftovers.mjs";
import { family, findServer, isAlive, kill } from "./processes.mjs";

const cleanMs = 15_000;
const settleMs = 12_000;
const strayCommand = "setsid nohup sleep 1000 >/dev/null 2>&1 & sleep 0.05; echo hi";

/** Returns what was wrong, as sentences; nothing for a clean life. */
export async function live(plan, { daemon, folder, counts, plant }) {
  const lane = {
    home: join(folder, "home"),
    temporary: join(folder, "t"),
    names: new Set(),
    seen: [],
    daemon,
    janitorDied: false,
  };
  mkdirSync(lane.temporary, { recursive: true, mode: 0o711 });
  lane.options = { spares: plan.spares, env: { ...process.env, E2B_SWARM_HOME: lane.home, TMPDIR: lane.temporary } };
  const problems =
    plan.phase === "start" ? await strikeAtStart(plan, lane, counts) : await strikeAtWork(plan, lane, counts);
  if (plant !== undefined) lane.planted = true;
  // Without a janitor the next start or stop sweeps; half the lives leave it to that.
  if (lane.janitorDied) await daemon.stopLocalServer(lane.options);
  if (plant !== undefined) await plant(lane);
  return [...problems, ...(await clean(lane))];
}

async function strikeAtStart(plan, lane, counts) {
  const starting = lane.daemon.ensureLocalServer(lane.options).then(
    (server) => server,
    () => null,
  );
  const server = await soon(() => findServer(lane.home));
  if (server === undefined) return ["the server's process was never seen"];
  await sleep(plan.delayMs);
  const struck = strike(plan.victim, server, lane, counts);
  const started = await starting;
  if (struck.includes(server.pid)) return [];
  // A child died while it started: it may give up, but then as a whole.
  if (started === null) return (await gone(server)) ? [] : ["a server that did not start lives on"];
  return finish(plan, lane, server, counts);
}

async function strikeAtWork(plan, lane, counts) {
  let started;
  try {
    started = await lane.daemon.ensureLocalServer(lane.options);
  } catch (error) {
    return [`the next start failed: ${error.message}`];
  }
  const server = findServer(lane.home);
  if (server === undefined) return ["the server's process was not found"];
  note(server, lane);
  const client = clientOf(started);
  const work = await begin(plan, client, lane);
  const busy = work();
  await sleep(plan.delayMs);
  const struck = strike(plan.victim, server, lane, counts);
  const settled = await Promise.race([busy.then(() => true), sleep(settleMs, false, { ref: false })]);
  if (struck.includes(server.pid)) return [];
  const problems = settled ? [] : [`${plan.phase} never ended after ${plan.victim} was killed`];
  if (plan.phase !== "stop" && !(await client.health())) problems.push("the server did not survive its child");
  return [...problems, ...(await finish(plan, lane, server, counts))];
}

/** Does what must be there before, and returns what is to be interrupted. */
async function begin({ phase, size, strays }, client, lane) {
  const command = strays ? strayCommand : "sleep 0.03; echo hi";
  const sandbox = ["run", "pause", "snapshot", "kill", "stop"].includes(phase) ? await client.create() : null;
  if (sandbox !== null && strays) await client.run(sandbox, strayCommand);
  switch (phase) {
    case "create":
      return async () => {
        const made = await client.create();
        if (made !== null) await client.run(made, command);
      };
    case "burst":
      return async () => {
        const made = await Promise.all(Array.from({ length: size }, () => client.create()));
        await Promise.all(made.map(async (one) => (one === null ? null : client.run(one, command))));
      };
    case "run":
      return async () => sandbox && Promise.all([client.run(sandbox, command), client.run(sandbox, command)]);
    case "pause":
      return async () => sandbox && (await client.pause(sandbox), client.resume(sandbox));
    case "snapshot":
      return async () => sandbox && client.snapshot(sandbox);
    case "kill":
      return async () => sandbox && client.kill(sandbox);
    case "stop":
      return async () => lane.daemon.stopLocalServer(lane.options).catch(() => null);
    default:
      return async () => undefined;
  }
}

function note(server, lane) {
  const all = family(server.pid);
  lane.seen.push(server, ...all);
  for (const name of runFolders(lane.temporary)) lane.names.add(name);
  return all;
}

/** Kills, and returns the pids that were hit. Without such a victim the server itself is hit. */
function strike(victim, server, lane, counts) {
  const all = note(server, lane);
  const of = (part) => all.filter((one) => one.part === part);
  const any = (list) => list.slice(-1);
  const janitors = of("janitor");
  const hit = {
    server: [server],
    monitor: any(of("monitor")),
    inner: any(of("inner")),
    agent: any(of("agent")),
    worker: any(of("worker")),
    janitor: janitors,
    "janitor and server": [...janitors, server],
    "all monitors and server": [...of("monitor"), server],
  }[victim];
  const targets = hit.length === 0 ? [server] : hit;
  const name = hit.length === 0 ? "server" : victim;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { pid } of targets) kill(pid);
  if (targets.some((one) => one.part === "janitor")) lane.janitorDied = true;
  // A dead server makes nothing any more: whatever it made can be seen now.
  for (const folder of runFolders(lane.temporary)) lane.names.add(folder);
  return targets.map(({ pid }) => pid);
}

async function finish(plan, lane, server, counts) {
  note(server, lane);
  if (plan.ending === "kill -9" && isAlive(server)) {
    strike("server", server, lane, counts);
    return [];
  }
  try {
    await lane.daemon.stopLocalServer(lane.options);
  } catch (error) {
    return [`the stop failed: ${error.message}`];
  }
  return (await gone(server)) ? [] : ["the server outlived its stop"];
}

async function clean(lane) {
  const deadline = performance.now() + (lane.planted ? 1_000 : cleanMs);
  let left = leftovers(lane);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(20);
    left = leftovers(lane);
  }
  return left.map((one) => `left behind: ${one}`);
}

async function gone(server) {
  return (await soon(() => (isAlive(server) ? undefined : true))) === true;
}

async function soon(look) {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) return undefined;
    await sleep(3);
  }
}
