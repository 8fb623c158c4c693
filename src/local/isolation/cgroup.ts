// Resource caps by cgroup, where this process may create groups below its own. v1: one folder per controller; v2: one.
import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, writeFileSync } from "node:fs";
import { rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";
import type { CellSize } from "./backend.ts";

export interface CgroupPlan {
  readonly version: "cgroup1" | "cgroup2";
  /** Folders below which each cell gets its own. */
  readonly parents: readonly string[];
}

const root = "/sys/fs/cgroup";
const v1Controllers = ["memory", "pids", "cpu", "freezer"] as const;
/** A group stays busy for a moment after its last process; then it is removed. */
const removeAttempts = 100;
const removePauseMs = 20;
const freezeAttempts = 1_000;
const freezePauseMs = 2;

function settings(version: CgroupPlan["version"], size: CellSize): readonly (readonly [file: string, value: string])[] {
  const bytes = String(size.memoryMb * 1_048_576);
  const quota = size.cpuCount * 100_000;
  return version === "cgroup1"
    ? [
        ["memory.limit_in_bytes", bytes],
        ["pids.max", String(limits.pids)],
        ["cpu.cfs_quota_us", String(quota)],
      ]
    : [
        ["memory.max", bytes],
        ["pids.max", String(limits.pids)],
        ["cpu.max", `${quota} 100000`],
      ];
}

/** Finds out by doing: makes the run's parent groups and one probe group with every limit. Null when any of it fails. */
export function prepareCgroups(runName: string): CgroupPlan | null {
  for (const plan of [planV1(runName), planV2(runName)]) {
    if (plan === null) continue;
    try {
      for (const parent of plan.parents) mkdirSync(parent, { recursive: true });
      makeGroups(plan, "probe");
      for (const folder of groupFolders(plan, "probe")) rmdirSync(folder);
      return plan;
    } catch {
      for (const parent of plan.parents) tryRmdir(join(parent, "probe"));
      for (const parent of plan.parents) tryRmdir(parent);
    }
  }
  return null;
}

/** Creates a cell's groups with their limits. Every limit must be accepted by one of them. */
export function makeGroups(plan: CgroupPlan, cell: string, size: CellSize = limits): void {
  const folders = groupFolders(plan, cell);
  for (const folder of folders) mkdirSync(folder);
  for (const [file, value] of settings(plan.version, size)) {
    const home = folders.find((folder) => existsSync(join(folder, file)));
    if (home === undefined) throw new Error(`No cgroup controller offers ${file}`);
    writeFileSync(join(home, file), value);
  }
}

/** Off the event loop's thread: the kernel makes each writer wait until no processor forks. */
export async function joinGroups(plan: CgroupPlan, cell: string, pid: number): Promise<void> {
  const files = groupFolders(plan, cell).map((folder) => join(folder, "cgroup.procs"));
  await Promise.all(files.map(async (file) => writeFile(file, String(pid))));
}

/** Stops every process of the cell; resolves when the kernel says that none runs, or once `givenUp`. */
export async function freezeGroup(
  plan: CgroupPlan,
  cell: string,
  options: { readonly clock: Clock; readonly givenUp: () => boolean },
): Promise<void> {
  for (let attempt = 0; attempt < freezeAttempts; attempt++) {
    if (options.givenUp()) return;
    // v1 may stop half-way at a process that forks; writing again goes on.
    writeFreezer(plan, cell, true);
    if (isFrozen(plan, cell)) return;
    await options.clock.sleep(freezePauseMs);
  }
  throw new SwarmError("target.failed", "Cannot freeze the sandbox: the kernel did not stop all its processes in time");
}

export function thawGroup(plan: CgroupPlan, cell: string): void {
  try {
    writeFreezer(plan, cell, false);
  } catch {
    // The group is gone, and its processes with it.
  }
}

function writeFreezer(plan: CgroupPlan, cell: string, frozen: boolean): void {
  const [file, value] =
    plan.version === "cgroup1"
      ? ["freezer.state", frozen ? "FROZEN" : "THAWED"]
      : ["cgroup.freeze", frozen ? "1" : "0"];
  for (const folder of freezerFolders(plan, cell)) writeFileSync(join(folder, file), value);
}

function isFrozen(plan: CgroupPlan, cell: string): boolean {
  const [file, mark] = plan.version === "cgroup1" ? ["freezer.state", "FROZEN"] : ["cgroup.events", "frozen 1"];
  return freezerFolders(plan, cell).every((folder) =>
    readFileSync(join(folder, file), "utf8").split("\n").includes(mark),
  );
}

function freezerFolders(plan: CgroupPlan, cell: string): string[] {
  const file = plan.version === "cgroup1" ? "freezer.state" : "cgroup.freeze";
  return groupFolders(plan, cell).filter((folder) => existsSync(join(folder, file)));
}

export async function removeGroups(plan: CgroupPlan, cell: string, clock: Clock): Promise<void> {
  for (const folder of groupFolders(plan, cell)) await removeGroup(folder, clock);
}

export async function removeGroup(folder: string, clock: Clock): Promise<void> {
  for (let attempt = 0; attempt < removeAttempts && existsSync(folder); attempt++) {
    try {
      await rmdir(folder);
    } catch {
      await clock.sleep(removePauseMs);
    }
  }
}

/** Every process of the cell, as the host numbers them. */
export function groupPids(plan: CgroupPlan, cell: string): number[] {
  const [folder] = groupFolders(plan, cell);
  if (folder === undefined) return [];
  try {
    return readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

export function groupFolders(plan: CgroupPlan, cell: string): string[] {
  return plan.parents.map((parent) => join(parent, cell));
}

/** Where this process sits, by controller name ("" is the unified hierarchy). */
function ownGroups(): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
    return new Map(
      lines.flatMap((line) => {
        const [, names = "", path = "/"] = line.split(":");
        return names.split(",").map((name): [string, string] => [name, path]);
      }),
    );
  } catch {
    return new Map();
  }
}

function planV1(runName: string): CgroupPlan | null {
  const own = ownGroups();
  const mounted = v1Controllers.every((name) => own.has(name) && existsSync(join(root, name)));
  if (!mounted) return null;
  const names = [...v1Controllers, ...(countsCpuApart(own) ? ["cpuacct"] : [])];
  return { version: "cgroup1", parents: names.map((name) => join(root, name, own.get(name) ?? "/", runName)) };
}

/** cpuacct only counts; most systems mount it together with cpu, where a group of its own would be the same folder. */
function countsCpuApart(own: ReadonlyMap<string, string>): boolean {
  const home = join(root, "cpuacct");
  return own.has("cpuacct") && existsSync(home) && realpathSync(home) !== realpathSync(join(root, "cpu"));
}

function planV2(runName: string): CgroupPlan | null {
  const path = ownGroups().get("");
  if (path === undefined || !existsSync(join(root, "cgroup.controllers"))) return null;
  return { version: "cgroup2", parents: [join(root, path, runName)] };
}

function tryRmdir(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Not there, or not ours.
  }
}
