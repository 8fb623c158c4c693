// Private memory of everything a server started, from the kernel's own books. Shared pages (the text of Node, libraries)
// are nobody's.
import { readFileSync, readdirSync } from "node:fs";

export interface Memory {
  /** Bytes only the server's descendants have. */
  readonly cellsBytes: number;
  readonly processes: number;
  readonly serverBytes: number;
  /** What the machine could still give; says what the sum of processes cannot, for instance kernel memory. */
  readonly availableBytes: number;
}

export function readMemory(serverPid: number): Memory {
  const pids = descendants(serverPid);
  const available = /MemAvailable:\s+(\d+) kB/.exec(readText("/proc/meminfo"))?.[1];
  return {
    cellsBytes: pids.reduce((sum, pid) => sum + privateBytes(pid), 0),
    processes: pids.length,
    serverBytes: privateBytes(serverPid),
    availableBytes: Number(available ?? Number.NaN) * 1024,
  };
}

function privateBytes(pid: number): number {
  const found = readText(`/proc/${pid}/smaps_rollup`).matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm);
  return [...found].reduce((sum, match) => sum + Number(match[1]) * 1024, 0);
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readText(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  for (let level = children.get(root) ?? []; level.length > 0;) {
    found.push(...level);
    level = level.flatMap((pid) => children.get(pid) ?? []);
  }
  return found;
}

/** Empty for a process that has ended, or is not ours to look at. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
