// Coordinators, the ledger, and the victims among the processes below the local server.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { allProcesses, commandOf, environmentOf, isAlive } from "./processes.mjs";

/** A program that says lines of JSON. */
function speaking(program, args, env, hear) {
  const child = spawn(process.execPath, [program, JSON.stringify(args)], { env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => undefined);
  const gone = new Promise((resolve) => child.once("close", resolve));
  createInterface({ input: child.stdout }).on("line", (line) => {
    let told;
    try {
      told = JSON.parse(line);
    } catch {
      return; // A line that its writer's death cut off.
    }
    hear(told);
  });
  return { child, gone };
}

export function startCoordinator(args, env, hear) {
  const one = { isReady: false, isAway: false, epoch: null };
  const program = join(import.meta.dirname, "../../dist/src/backend/coordinator-main.js");
  Object.assign(
    one,
    speaking(program, args, env, (line) => {
      if (line.kind === "ready") one.isReady = true;
      if (line.kind === "led") one.epoch = line.epoch;
      if (line.kind === "ceased") one.epoch = null;
      hear(line, one);
    }),
  );
  return one;
}

export const startLedger = (args, env, hear) =>
  speaking(join(import.meta.dirname, "swarm-ledger.mjs"), args, env, hear);

/** The agent programs below the server by sandbox, with the outermost process of each cell. */
export function agentPrograms(serverPid) {
  const all = new Map(allProcesses().map((one) => [one.pid, one]));
  const found = new Map();
  for (const one of all.values()) {
    if (one.name !== "node" || !/\.swarm\/agent-[0-9a-f]+\.mjs/.test(commandOf(one.pid))) continue;
    const mark = environmentOf(one.pid).find((pair) => pair.startsWith("E2B_SANDBOX_ID="));
    const chain = [];
    for (let above = all.get(one.ppid); above !== undefined; above = all.get(above.ppid)) chain.push(above);
    const at = chain.findIndex(({ pid }) => pid === serverPid);
    if (mark === undefined || at < 1) continue;
    found.set(mark.slice("E2B_SANDBOX_ID=".length), { program: one, cell: chain[at - 1] });
  }
  return found;
}

/** Delivers a signal to exactly this process. */
export function strike(victim, signal) {
  if (victim === undefined || !isAlive(victim)) return false;
  try {
    process.kill(victim.pid, signal);
    return true;
  } catch {
    return false;
  }
}
