// What the content API does to a volume: stat, list, make, change, read, write, remove. All of it through walked places.
import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, type FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import type { Readable } from "node:stream";
import { runToEnd } from "../isolation/run-to-end.ts";
import { limits } from "../limits.ts";
import { storeBody } from "../store-body.ts";
import { entryOf, give, shownPath, statPlace, type EntryStat, type Given } from "./entry.ts";
import { volumeFailure } from "./problem.ts";
import type { Volume, VolumeIds } from "./store.ts";
import { openFolder, partsOf, pathAt, withPlace, type Place } from "./walk.ts";

export interface Opened {
  readonly volume: Volume;
  readonly ids: VolumeIds;
  readonly path: string;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
const defaultModes = { folder: 0o777, file: 0o666 } as const;
/** Who owns what a client writes without saying so, where sandboxes have more than one id. E2B's number. */
const defaultOwner = 9090;
const maxDepth = 10;

export async function statPath({ volume, ids, path }: Opened): Promise<EntryStat> {
  return withPlace(volume.folder, path, { follow: false }, async (place) => statPlace(place, shownPath(path), ids));
}

export async function listFolder({ volume, ids, path }: Opened, depth: number): Promise<EntryStat[]> {
  const levels = Math.max(depth, 1);
  if (levels > maxDepth) throw volumeFailure("depth_out_of_range", `depth must be between 1 and ${maxDepth}`);
  const found: EntryStat[] = [];
  await withPlace(volume.folder, path, { follow: true }, async (place) => {
    const folder = await openFolder(place);
    await collect(folder, { path: shownPath(path), levels, ids, found });
  });
  return found;
}

interface Collecting {
  readonly path: string;
  readonly levels: number;
  readonly ids: VolumeIds;
  readonly found: EntryStat[];
}

/** Closes the folder. What disappears meanwhile is left out. */
async function collect(folder: FileHandle, asked: Collecting): Promise<void> {
  const { ids, found, levels } = asked;
  try {
    const names = (await readdir(`/proc/self/fd/${folder.fd}`)).sort();
    for (const name of names) {
      if (found.length >= limits.volumeEntries)
        throw volumeFailure("invalid_request", `the listing has more than ${limits.volumeEntries} entries`);
      const path = posix.join(asked.path, name);
      const entry = await statPlace({ folder, name }, path, ids).catch(() => null);
      if (entry === null) continue;
      found.push(entry);
      if (entry.type !== "directory" || levels === 1) continue;
      const below = await openFolder({ folder, name }).catch(() => null);
      if (below !== null) await collect(below, { ...asked, path, levels: levels - 1 });
    }
  } finally {
    await folder.close();
  }
}

export async function makeFolder({ volume, ids, path }: Opened, given: Given, force: boolean): Promise<EntryStat> {
  if (force) await makeParents({ volume, ids, path }, given);
  return withPlace(volume.folder, path, { follow: false }, async (place) => {
    const isNew = await mkdir(pathAt(place), { mode: 0o700 }).then(
      () => true,
      async (cause: unknown) => {
        if (!force || !(await lstat(pathAt(place))).isDirectory()) throw cause;
        return false;
      },
    );
    const folder = await openFolder(place);
    try {
      if (isNew) await give(folder, { ...owned(ids, given), mode: given.mode ?? defaultModes.folder }, ids);
      return entryOf(await folder.stat(), shownPath(path), ids);
    } finally {
      await folder.close();
    }
  });
}

/** Every folder above `path`, from the top. */
async function makeParents({ volume, ids, path }: Opened, given: Given): Promise<void> {
  const parts = partsOf(shownPath(path)).slice(0, -1);
  for (let count = 1; count <= parts.length; count++) {
    const above = parts.slice(0, count).join("/");
    await withPlace(volume.folder, above, { follow: true }, async (place) => {
      const isThere = await lstat(pathAt(place)).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await mkdir(pathAt(place), { mode: 0o700 });
      const folder = await openFolder(place);
      try {
        await give(folder, { ...owned(ids, given), mode: defaultModes.folder }, ids);
      } finally {
        await folder.close();
      }
    });
  }
}

export async function changePath({ volume, ids, path }: Opened, given: Given): Promise<EntryStat> {
  return withPlace(volume.folder, path, { follow: true }, async (place) => {
    const handle = await open(pathAt(place), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      await give(handle, given, ids);
      return entryOf(await handle.stat(), shownPath(path), ids);
    } finally {
      await handle.close();
    }
  });
}

export async function removePath({ volume, path }: Opened): Promise<void> {
  if (partsOf(shownPath(path)).length === 0) throw volumeFailure("cannot_delete_root", "cannot delete root");
  await withPlace(volume.folder, path, { follow: false }, async (place) => {
    await lstat(pathAt(place));
    // rm(1) goes down by descriptors and never through a link; it reaches the open folder by this process's own.
    const target = `/proc/${process.pid}/fd/${place.folder.fd}/${place.name}`;
    const removed = await runToEnd("rm", ["-rf", "--one-file-system", "--", target]);
    if (removed.code !== 0) throw volumeFailure("permission_denied", `'${shownPath(path)}' could not be removed whole`);
  });
}

/** The caller closes the handle. */
export async function openToRead({ volume, path }: Opened): Promise<{ handle: FileHandle; size: number }> {
  return withPlace(volume.folder, path, { follow: true }, async (place) => {
    // Without O_NONBLOCK a planted pipe would hold this request for ever.
    const handle = await open(pathAt(place), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    return { handle, size: await sizeOfFile(handle, path) };
  });
}

export async function writeFile(
  { volume, ids, path }: Opened,
  body: Readable,
  asked: { readonly given: Given; readonly force: boolean },
): Promise<EntryStat> {
  const { given, force } = asked;
  if (force) await makeParents({ volume, ids, path }, given);
  return withPlace(volume.folder, path, { follow: force }, async (place) => {
    const handle = await openToWrite(place, force);
    try {
      await sizeOfFile(handle, path, false);
      if ((await storeBody(body, handle, limits.uploadBytes)) === "too-large")
        throw volumeFailure("too_large", `an upload may have ${limits.uploadBytes} bytes`);
      await give(handle, { ...owned(ids, given), mode: given.mode ?? defaultModes.file }, ids);
      return entryOf(await handle.stat(), shownPath(path), ids);
    } finally {
      await handle.close();
    }
  });
}

async function openToWrite(place: Place, force: boolean): Promise<FileHandle> {
  if (place.name === ".") throw volumeFailure("invalid_request", "'/' is a directory");
  return open(pathAt(place), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (force ? O_TRUNC : O_EXCL), 0o600);
}

/** Closes the handle and throws when it is no regular file. */
async function sizeOfFile(handle: FileHandle, path: string, close = true): Promise<number> {
  const stats = await handle.stat();
  if (stats.isFile()) return stats.size;
  if (close) await handle.close();
  const what = stats.isDirectory() ? "a directory" : "not a regular file";
  throw volumeFailure("invalid_request", `'${shownPath(path)}' is ${what}`);
}

function owned(ids: VolumeIds, { uid, gid }: Given): Given {
  if (ids.first === null) return { uid, gid };
  return { uid: uid ?? defaultOwner, gid: gid ?? defaultOwner };
}
