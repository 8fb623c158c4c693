// What a cell uses, read from its cgroups by the host: it costs the cell nothing, cannot be faked from inside, and works
// while the cell stands still.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CellUsage } from "./backend.ts";
import { groupFolders, type CgroupPlan } from "./cgroup.ts";

/** Null when a figure is not kept here. */
export function readUsage(plan: CgroupPlan, cell: string): CellUsage | null {
  const folders = groupFolders(plan, cell);
  const read = (file: string): string | null => {
    const home = folders.find((folder) => existsSync(join(folder, file)));
    return home === undefined ? null : readFileSync(join(home, file), "utf8");
  };
  try {
    return plan.version === "cgroup1" ? fromV1(read) : fromV2(read);
  } catch {
    // The cell ended meanwhile.
    return null;
  }
}

type Read = (file: string) => string | null;

function fromV1(read: Read): CellUsage | null {
  const cpu = read("cpuacct.usage");
  const memory = read("memory.usage_in_bytes");
  const cache = field(read("memory.stat"), "total_cache") ?? field(read("memory.stat"), "cache");
  if (cpu === null || memory === null || cache === null) return null;
  return { cpuNs: Number(cpu), memoryBytes: Math.max(0, Number(memory) - cache), cacheBytes: cache };
}

function fromV2(read: Read): CellUsage | null {
  const cpuUs = field(read("cpu.stat"), "usage_usec");
  const memory = read("memory.current");
  const cache = field(read("memory.stat"), "file");
  if (cpuUs === null || memory === null || cache === null) return null;
  return { cpuNs: cpuUs * 1000, memoryBytes: Math.max(0, Number(memory) - cache), cacheBytes: cache };
}

function field(text: string | null, name: string): number | null {
  const line = text?.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}
