// Processes known by their environment alone. bwrap may be killed between making its child and saying so; the child then
// waits for ever and nobody knows its pid, but it still carries what bwrap was started with.
import { readdirSync, readFileSync } from "node:fs";
import { identify, type ProcessIdentity } from "../../host/process-identity.ts";

/** Beside the run's name: which of its cells a starting program belongs to. */
export const cellVariable = "E2B_SWARM_CELL";

/** Processes whose first environment holds every one of these variables. */
export function withEnvironment(variables: Readonly<Record<string, string>>): ProcessIdentity[] {
  const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const theirs = pids.filter((pid) => {
    const entries = environmentOf(pid);
    return wanted.every((entry) => entries.includes(entry));
  });
  return theirs.flatMap((pid) => identify(pid) ?? []);
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}
