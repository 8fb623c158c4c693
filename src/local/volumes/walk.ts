// Paths inside a volume, walked one name at a time from open folders, while sandboxes may move and link whatever they like.
// No name is ever handed to the kernel together with another, and every one is opened with O_NOFOLLOW: a link is read and
// walked here, with the volume as its root, so nothing planted in a volume leads out of it.
import { constants } from "node:fs";
import { lstat, open, readlink, type FileHandle } from "node:fs/promises";
import { limits } from "../limits.ts";
import { volumeFailure } from "./problem.ts";

/** An open folder of the volume and a name in it; "." is the volume itself. */
export interface Place {
  readonly folder: FileHandle;
  readonly name: string;
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

/** What the kernel is given: the folder by its descriptor, then one name. */
export function pathAt({ folder, name }: Place): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

export async function openFolder(place: Place): Promise<FileHandle> {
  return open(pathAt(place), folderFlags);
}

/** Calls with the place that `path` leads to; its folder is open until the call ends. `follow` also walks a last link. */
export async function withPlace<T>(
  root: string,
  path: string,
  asked: { readonly follow: boolean },
  call: (place: Place) => Promise<T>,
): Promise<T> {
  const folders: FileHandle[] = [await open(root, folderFlags)];
  try {
    return await call(await walk(folders, partsOf(path), asked.follow));
  } finally {
    for (const folder of folders) await folder.close();
  }
}

export function partsOf(path: string): string[] {
  if (path.includes("\0")) throw volumeFailure("invalid_request", "path holds a NUL byte");
  if (path.length > limits.volumePathLength) throw volumeFailure("invalid_request", "path is too long");
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** `folders` is the way down to where the walk stands; it is left for the caller to close. */
async function walk(folders: FileHandle[], todo: string[], follow: boolean): Promise<Place> {
  for (let links = 0; ;) {
    const name = todo.shift();
    const folder = folders.at(-1);
    if (folder === undefined) throw volumeFailure("internal", "the volume is not open");
    if (name === undefined) return { folder, name: "." };
    if (name === "..") {
      // Above the volume there is nothing: `..` stays, as in a root folder.
      if (folders.length > 1) await folders.pop()?.close();
      continue;
    }
    const place = { folder, name };
    const isLast = todo.length === 0;
    if (isLast && !follow) return place;
    const target = await linkTarget(place, isLast);
    if (target === null) {
      if (isLast) return place;
      folders.push(await openFolder(place));
      continue;
    }
    if (++links > limits.volumeLinks) throw volumeFailure("invalid_request", "path has too many links");
    if (target.startsWith("/")) for (const below of folders.splice(1)) await below.close();
    todo = [...partsOf(target), ...todo];
  }
}

/** Null: no link. What does not exist is none either; the operation itself will say so. */
async function linkTarget(place: Place, mayBeMissing: boolean): Promise<string | null> {
  try {
    const stats = await lstat(pathAt(place));
    return stats.isSymbolicLink() ? await readlink(pathAt(place)) : null;
  } catch (cause) {
    if (mayBeMissing && cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}
