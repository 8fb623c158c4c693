// Stops and continues processes where no freezer exists. Everything in a pid namespace descends from its first process, so
// a walk by parent finds all of it; the walk repeats until nothing new was forked meanwhile.
import { readdirSync, readFileSync } from "node:fs";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { identify, isAlive, type ProcessIdentity } from "../../host/process-identity.ts";

const passes = 200;
const passPauseMs = 5;
/** A parent in vfork waits uninterruptibly for a child that is stopped already; it cannot run either. */
const passesUntilWaitingCounts = 20;

/** `pid` and everything below it. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? readStat(Number(name))?.parent : undefined;
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [Number(name)]);
    else known.push(Number(name));
  }
  const found = [pid];
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at] ?? 0) ?? []));
  return found;
}

/** Stops whatever `find` names until nothing of it runs. Returns those it stopped itself; others were stopped before. */
export async function stopAll(find: () => readonly number[], clock: Clock): Promise<ProcessIdentity[]> {
  const stopped: ProcessIdentity[] = [];
  const seen = new Set<number>();
  for (let pass = 0; pass < passes; pass++) {
    const fresh = find().filter((pid) => !seen.has(pid));
    for (const pid of fresh) {
      seen.add(pid);
      const identity = identify(pid);
      if (identity === null || isStill(pid, false)) continue;
      if (signal(pid, "SIGSTOP")) stopped.push(identity);
    }
    const waitingCounts = pass >= passesUntilWaitingCounts;
    if (fresh.length === 0 && [...seen].every((pid) => isStill(pid, waitingCounts))) return stopped;
    await clock.sleep(passPauseMs);
  }
  continueAll(stopped);
  throw new SwarmError("target.failed", `Cannot stop the sandbox: a process still ran after ${passes} passes`);
}

export function continueAll(stopped: readonly ProcessIdentity[]): void {
  for (const identity of stopped) if (isAlive(identity)) signal(identity.pid, "SIGCONT");
}

function isStill(pid: number, waitingCounts: boolean): boolean {
  const state = readStat(pid)?.state ?? "X";
  return "TtZX".includes(state) || (waitingCounts && state === "D");
}

function readStat(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "X", parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

function signal(pid: number, name: "SIGSTOP" | "SIGCONT"): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
