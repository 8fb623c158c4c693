// How a place in a volume is shown, and the ids and modes a client may give: always the sandbox's numbers, never the host's.
import type { Stats } from "node:fs";
import { lstat, readlink, type FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { volumeFailure } from "./problem.ts";
import type { VolumeIds } from "./store.ts";
import { pathAt, type Place } from "./walk.ts";

export interface EntryStat {
  readonly name: string;
  readonly type: "unknown" | "file" | "directory" | "symlink";
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atime: string;
  readonly mtime: string;
  readonly ctime: string;
  readonly target?: string;
}

/** The one id of a sandbox that has a single one. */
const onlyId = 1000;
const permissionBits = 0o777;

export interface Given {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly mode?: number | undefined;
}

/** The absolute, normal form under which a path is shown. */
export function shownPath(path: string): string {
  return posix.normalize(`/${path}`).replace(/(.)\/$/, "$1");
}

export async function statPlace(place: Place, path: string, ids: VolumeIds): Promise<EntryStat> {
  const stats = await lstat(pathAt(place));
  const target = stats.isSymbolicLink() ? await readlink(pathAt(place)) : undefined;
  return { ...entryOf(stats, path, ids), ...(target === undefined ? {} : { target }) };
}

export function entryOf(stats: Stats, path: string, ids: VolumeIds): EntryStat {
  return {
    name: posix.basename(path) || "/",
    type: typeOf(stats),
    path,
    size: stats.size,
    mode: stats.mode & permissionBits,
    uid: idInside(stats.uid, ids),
    gid: idInside(stats.gid, ids),
    atime: stats.atime.toISOString(),
    mtime: stats.mtime.toISOString(),
    ctime: stats.ctime.toISOString(),
  };
}

/** Through an open descriptor only: a name could be a link by now. */
export async function give(handle: FileHandle, given: Given, ids: VolumeIds): Promise<void> {
  const { uid, gid, mode } = given;
  if (uid !== undefined || gid !== undefined) {
    const stats = await handle.stat();
    const owner = uid === undefined ? stats.uid : idOutside(uid, ids);
    const group = gid === undefined ? stats.gid : idOutside(gid, ids);
    if (ids.first !== null) await handle.chown(owner, group);
  }
  if (mode !== undefined) await handle.chmod(mode & permissionBits);
}

function idOutside(id: number, { first, count }: VolumeIds): number {
  if (first === null) {
    // Everything in it belongs to the one id anyway; any other owner would be a lie.
    if (id === onlyId) return id;
    throw volumeFailure("invalid_request", `this machine gives sandboxes one user id: ${id} cannot own a file`);
  }
  if (id < count) return first + id;
  throw volumeFailure("invalid_request", `id ${id} is not one of the ${count} ids of a sandbox`);
}

function idInside(id: number, { first, count }: VolumeIds): number {
  if (first === null) return onlyId;
  return id >= first && id < first + count ? id - first : 65_534;
}

function typeOf(stats: Stats): EntryStat["type"] {
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : "unknown";
}
