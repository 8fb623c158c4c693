// Who a process is: pid plus start time, so that a recycled pid is never mistaken for the process that died.
import { readFileSync } from "node:fs";

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (field 22 of /proc/<pid>/stat), or "unknown" where there is no /proc. */
  readonly startedAt: string;
}

/** The identity of a live process, or null when none has this pid. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name (field 2) may hold blanks and brackets: count the fields after its last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    return { pid, startedAt: fields[19] ?? "unknown" };
  } catch {
    return signalReaches(pid) ? { pid, startedAt: "unknown" } : null;
  }
}

/** True while exactly this process lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !process.platform.startsWith("linux");
  } catch {
    return false;
  }
}
