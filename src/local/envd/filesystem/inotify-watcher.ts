// Watches one folder or a tree by the kernel's own events: each is told as it happened, in order. A folder that appears in
// a tree is watched too, and what it held before the kernel watched it is announced, once.
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { rpcError } from "../rpc-error.ts";
import { inotifyMask, type Inotify, type InotifyEvent } from "./inotify.ts";
import type { FolderWatch, WatchEventType, WatchOptions } from "./watch-event.ts";

const maxFolders = 10_000;
/** The second half of a move follows the first at once; a folder that went elsewhere is let go after this. */
const moveWaitMs = 100;

interface Folder {
  /** Relative to the root, "" for the root itself. Changes when a folder above is moved. */
  name: string;
  leave: () => void;
  /** While its content is announced: names told by looking, and names the kernel was faster to tell. */
  scan: { readonly told: Set<string>; readonly heard: Set<string> } | null;
}

interface Tree {
  readonly inotify: Inotify;
  readonly options: WatchOptions;
  /** By their names. */
  readonly folders: Map<string, Folder>;
  /** Folders that were moved away, by the cookie of the move. */
  readonly moving: Map<number, string>;
  /** Looking into new folders; settled when all of them are watched. */
  work: Promise<void>;
  closed: boolean;
}

export async function watchByInotify(inotify: Inotify, options: WatchOptions): Promise<FolderWatch> {
  const tree: Tree = {
    inotify,
    options,
    folders: new Map(),
    moving: new Map(),
    work: Promise.resolve(),
    closed: false,
  };
  try {
    await addFolder(tree, "", false);
  } catch (cause) {
    close(tree);
    throw cause;
  }
  return {
    async settle() {
      await inotify.settle();
      for (let work = null; work !== tree.work; await work) work = tree.work;
    },
    close: () => close(tree),
  };
}

function close(tree: Tree): void {
  tree.closed = true;
  for (const folder of tree.folders.values()) folder.leave();
  tree.folders.clear();
}

function breakTree(tree: Tree, why: string): void {
  if (tree.closed) return;
  close(tree);
  tree.options.onBroken(why);
}

async function addFolder(tree: Tree, name: string, announce: boolean): Promise<void> {
  if (tree.closed || tree.folders.has(name)) return;
  if (tree.folders.size >= maxFolders) throw rpcError("resource_exhausted", `more than ${maxFolders} folders to watch`);
  const scan = announce ? { told: new Set<string>(), heard: new Set<string>() } : null;
  const folder: Folder = { name, leave: () => undefined, scan };
  tree.folders.set(name, folder);
  try {
    folder.leave = await tree.inotify.add(join(tree.options.root, name), {
      event: (event) => take(tree, folder, event),
      broken: (why) => breakTree(tree, why),
    });
  } catch (cause) {
    drop(tree, folder);
    throw cause;
  }
  if (tree.folders.get(folder.name) !== folder) return folder.leave();
  if (!announce && !tree.options.recursive) return;
  const children = await readdir(join(tree.options.root, folder.name), { withFileTypes: true }).catch(() => []);
  for (const child of children) await addChild(tree, folder, child);
  if (scan !== null) await tree.inotify.settle();
  folder.scan = null;
}

async function addChild(tree: Tree, folder: Folder, child: Dirent): Promise<void> {
  const name = below(folder, child.name);
  const { scan } = folder;
  if (scan !== null && !scan.heard.has(child.name)) {
    scan.told.add(child.name);
    tell(tree, name, "EVENT_TYPE_CREATE");
    const size = child.isFile()
      ? await lstat(join(tree.options.root, name)).then(
          (stats) => stats.size,
          () => 0,
        )
      : 0;
    if (size > 0) tell(tree, name, "EVENT_TYPE_WRITE");
  }
  if (!child.isDirectory()) return;
  await addFolder(tree, name, scan !== null).catch((cause: unknown) => vanishedOr(tree, cause));
}

function drop(tree: Tree, folder: Folder): void {
  if (tree.folders.get(folder.name) === folder) tree.folders.delete(folder.name);
}

/** A folder that is gone again needs no watch; one that cannot be watched ends the whole. */
function vanishedOr(tree: Tree, cause: unknown): void {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  if (code === "ENOENT" || code === "ENOTDIR") return;
  breakTree(tree, cause instanceof Error ? cause.message : String(cause));
}

function take(tree: Tree, folder: Folder, { mask, cookie, name }: InotifyEvent): void {
  if (tree.closed) return;
  if ((mask & inotifyMask.ignored) !== 0) return drop(tree, folder);
  if (name === "") return takeOwn(tree, folder, mask);
  const full = below(folder, name);
  const isFolder = (mask & inotifyMask.isFolder) !== 0 && tree.options.recursive;
  if ((mask & (inotifyMask.create | inotifyMask.movedTo)) !== 0) {
    // Told once, by whoever was first.
    if (folder.scan?.told.delete(name) !== true) {
      folder.scan?.heard.add(name);
      tell(tree, full, "EVENT_TYPE_CREATE");
    }
    if (isFolder && !arrived(tree, cookie, full)) enter(tree, full);
  }
  if ((mask & inotifyMask.movedFrom) !== 0) {
    tell(tree, full, "EVENT_TYPE_RENAME");
    if (isFolder) departed(tree, cookie, full);
  }
  if ((mask & inotifyMask.attrib) !== 0) tell(tree, full, "EVENT_TYPE_CHMOD");
  if ((mask & inotifyMask.modify) !== 0) tell(tree, full, "EVENT_TYPE_WRITE");
  if ((mask & inotifyMask.delete) !== 0) tell(tree, full, "EVENT_TYPE_REMOVE");
}

/** What happens to a folder below the root its parent tells. */
function takeOwn(tree: Tree, folder: Folder, mask: number): void {
  if (folder.name !== "") return;
  if ((mask & inotifyMask.attrib) !== 0) tell(tree, ".", "EVENT_TYPE_CHMOD");
  if ((mask & inotifyMask.deleteSelf) !== 0) tell(tree, ".", "EVENT_TYPE_REMOVE");
  if ((mask & inotifyMask.moveSelf) === 0) return;
  tell(tree, ".", "EVENT_TYPE_RENAME");
  // Under its new name nobody asked for it.
  folder.leave();
  drop(tree, folder);
}

function enter(tree: Tree, name: string): void {
  const entered = addFolder(tree, name, true).catch((cause: unknown) => vanishedOr(tree, cause));
  tree.work = Promise.all([tree.work, entered]).then(() => undefined);
}

function departed(tree: Tree, cookie: number, name: string): void {
  tree.moving.set(cookie, name);
  const forget = (): void => {
    if (!tree.moving.delete(cookie)) return;
    for (const folder of within(tree, name)) {
      folder.leave();
      drop(tree, folder);
    }
  };
  tree.options.clock.after(moveWaitMs, forget, { unref: true });
}

/** True when the folder was moved within the tree: it is watched already, under its old name. */
function arrived(tree: Tree, cookie: number, name: string): boolean {
  const old = tree.moving.get(cookie);
  if (old === undefined) return false;
  tree.moving.delete(cookie);
  for (const folder of within(tree, old)) {
    drop(tree, folder);
    folder.name = name + folder.name.slice(old.length);
    tree.folders.set(folder.name, folder);
  }
  return true;
}

function within(tree: Tree, name: string): Folder[] {
  return [...tree.folders.values()].filter((folder) => `${folder.name}/`.startsWith(`${name}/`));
}

function below(folder: Folder, name: string): string {
  return folder.name === "" ? name : `${folder.name}/${name}`;
}

function tell(tree: Tree, name: string, type: WatchEventType): void {
  if (!tree.closed) tree.options.onEvent({ name, type });
}
