// Removes what servers that were killed left behind: their cells' processes, cgroups and folders. A process is theirs when
// its recorded pid and start time, its cgroup, or the run's name in its environment says so.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import type { Clock } from "../../host/clock.ts";
import { identify, isAlive, type ProcessIdentity } from "../../host/process-identity.ts";
import { removeGroup } from "./cgroup.ts";
import { ownerFile, removeRunFolder, runFolderParent, runFolderPrefix, runVariable } from "./run-folder.ts";
import { withEnvironment } from "./strays.ts";

/** A folder without an owner's name is being born until it is this old. */
const birthMs = 60_000;
const deathAttempts = 250;
const deathPauseMs = 20;
const maxRounds = 20;
const cgroupRoot = "/sys/fs/cgroup";
const cgroupDepth = 6;

export interface Swept {
  readonly folders: number;
  readonly processes: number;
}

/** Sweeps below the usual parents and `parent`. Folders of living servers and of other users are left alone. */
export async function sweep(clock: Clock, parent?: string): Promise<Swept> {
  const parents = new Set([runFolderParent(true), runFolderParent(false), runFolderParent(true, parent)]);
  let folders = 0;
  let processes = 0;
  for (const path of [...parents].flatMap((where) => abandoned(where, clock))) {
    const swept = await sweepFolder(path, clock);
    processes += swept.processes;
    folders += swept.folders;
  }
  return { folders, processes };
}

/** Sweeps the run of one server that has just died. */
export async function sweepRun(path: string, clock: Clock): Promise<Swept> {
  const owner = readIdentity(ownerFile(path));
  if (owner === null || !(await dies(owner, clock))) return { folders: 0, processes: 0 };
  return sweepFolder(path, clock);
}

/** Its pipes close a moment before it is dead. */
async function dies(owner: ProcessIdentity, clock: Clock): Promise<boolean> {
  for (let attempt = 0; attempt < deathAttempts; attempt++) {
    if (!isAlive(owner)) return true;
    await clock.sleep(deathPauseMs);
  }
  return false;
}

async function sweepFolder(path: string, clock: Clock): Promise<Swept> {
  const name = basename(path);
  const groups = findGroups(cgroupRoot, name, cgroupDepth);
  // A frozen process takes no signal.
  for (const group of groups.flatMap((found) => withCells(found))) thaw(group);
  const processes = await endProcesses(path, groups, clock);
  for (const group of groups) {
    for (const cell of subfolders(group)) await removeGroup(join(group, cell), clock);
    await removeGroup(group, clock);
  }
  return { folders: (await removeRunFolder(path, clock)) ? 1 : 0, processes };
}

function abandoned(parent: string, clock: Clock): string[] {
  try {
    return readdirSync(parent)
      .filter((name) => name.startsWith(runFolderPrefix))
      .map((name) => join(parent, name))
      .filter((path) => isAbandoned(path, clock));
  } catch {
    return [];
  }
}

function isAbandoned(path: string, clock: Clock): boolean {
  try {
    const stat = statSync(path);
    if (stat.uid !== process.getuid?.()) return false;
    const owner = readIdentity(ownerFile(path));
    if (owner === null) return clock.nowMs() - stat.mtimeMs > birthMs;
    return !isAlive(owner);
  } catch {
    return false;
  }
}

async function endProcesses(path: string, groups: readonly string[], clock: Clock): Promise<number> {
  let ended = 0;
  // What was being started while its server died may show itself a moment later.
  for (let round = 0; round < maxRounds; round++) {
    const left = [...recorded(path), ...grouped(groups), ...marked(basename(path))].filter((one) => isAlive(one));
    if (left.length === 0) return ended;
    ended += new Set(left.map((one) => one.pid)).size;
    for (const { pid } of left) kill(pid);
    for (let attempt = 0; attempt < deathAttempts && left.some((one) => isAlive(one)); attempt++) {
      await clock.sleep(deathPauseMs);
    }
  }
  return ended;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}

function recorded(path: string): ProcessIdentity[] {
  const sockets = join(path, "k");
  const names = existsSync(sockets) ? readdirSync(sockets).filter((name) => name.endsWith(".pids")) : [];
  return names.flatMap((name) => readPair(join(sockets, name)));
}

function grouped(groups: readonly string[]): ProcessIdentity[] {
  const texts = groups.flatMap((group) => withCells(group)).map((group) => readText(join(group, "cgroup.procs")));
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== "")).flatMap((pid) => identify(+pid) ?? []);
}

/** Starts that died before anything was recorded: bwrap carries the run's name in its environment. */
function marked(name: string): ProcessIdentity[] {
  return withEnvironment({ [runVariable]: name });
}

function withCells(group: string): string[] {
  return [group, ...subfolders(group).map((cell) => join(group, cell))];
}

function thaw(group: string): void {
  for (const [file, value] of [
    ["freezer.state", "THAWED"],
    ["cgroup.freeze", "0"],
  ] as const) {
    if (!existsSync(join(group, file))) continue;
    try {
      writeFileSync(join(group, file), value);
    } catch {
      // Gone meanwhile.
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Groups carry the run folder's name, wherever the server sat in the hierarchy. */
function findGroups(folder: string, name: string, depth: number): string[] {
  if (depth === 0) return [];
  return subfolders(folder).flatMap((child) =>
    child === name ? [join(folder, child)] : findGroups(join(folder, child), name, depth - 1),
  );
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function readPair(path: string): ProcessIdentity[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(value) ? [value.outer, value.inner].flatMap((item) => toIdentity(item) ?? []) : [];
  } catch {
    return [];
  }
}

function readIdentity(path: string): ProcessIdentity | null {
  try {
    return toIdentity(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

function toIdentity(value: unknown): ProcessIdentity | null {
  if (!isRecord(value)) return null;
  const { pid, startedAt } = value;
  return typeof pid === "number" && typeof startedAt === "string" ? { pid, startedAt } : null;
}
