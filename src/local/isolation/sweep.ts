// Removes what servers that were killed left behind: their cells' processes (by pid and start time), cgroups and folders.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import type { Clock } from "../../host/clock.ts";
import { isAlive, type ProcessIdentity } from "../../host/process-identity.ts";
import { removeGroup } from "./cgroup.ts";
import { removeFolder } from "./remove-folder.ts";
import { ownerFile, runFolderParent, runFolderPrefix } from "./run-folder.ts";

/** A folder without an owner's name is being born until it is this old. */
const birthMs = 60_000;
const deathAttempts = 250;
const deathPauseMs = 20;
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
    processes += await endProcesses(path, clock);
    await sweepGroups(basename(path), clock);
    if (await removeFolder(path)) folders++;
  }
  return { folders, processes };
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

async function endProcesses(path: string, clock: Clock): Promise<number> {
  const sockets = join(path, "k");
  const names = existsSync(sockets) ? readdirSync(sockets).filter((name) => name.endsWith(".pids")) : [];
  const left = names.flatMap((name) => readPair(join(sockets, name))).filter((identity) => isAlive(identity));
  for (const { pid } of left) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  for (let attempt = 0; attempt < deathAttempts && left.some((identity) => isAlive(identity)); attempt++) {
    await clock.sleep(deathPauseMs);
  }
  return left.length;
}

/** Groups carry the run folder's name, wherever the server sat in the hierarchy. */
async function sweepGroups(name: string, clock: Clock): Promise<void> {
  for (const found of findGroups(cgroupRoot, name, cgroupDepth)) {
    for (const cell of subfolders(found)) await removeGroup(join(found, cell), clock);
    await removeGroup(found, clock);
  }
}

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
