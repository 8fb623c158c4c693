// Watches one folder (or a tree) where the kernel's own events cannot be had. The hints of fs.watch are compared with a
// stat cache, because Node does not say which of create, move or delete it saw; several writes may become one.
import { watch, type BigIntStats, type Dirent, type FSWatcher } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { rpcError } from "../rpc-error.ts";
import type { FolderWatch, WatchEventType, WatchOptions } from "./watch-event.ts";

const maxFolders = 10_000;
/** A new file this young was written, not moved here. */
const freshMs = 1_000;
/** How long a name that vanished waits for its inode to reappear under another one. */
const renameWaitMs = 20;

interface Tree {
  readonly options: WatchOptions;
  readonly folders: Map<string, FSWatcher>;
  readonly known: Map<string, BigIntStats>;
  /** Events are looked at one after another. */
  queue: Promise<void>;
  closed: boolean;
}

export async function watchByStat(options: WatchOptions): Promise<FolderWatch> {
  const tree: Tree = { options, folders: new Map(), known: new Map(), queue: Promise.resolve(), closed: false };
  await addFolder(tree, "", false);
  return {
    settle: async () => tree.queue,
    close() {
      tree.closed = true;
      for (const folder of tree.folders.values()) folder.close();
      tree.folders.clear();
    },
  };
}

/** `announce`: what the folder already holds is new to the client. */
async function addFolder(tree: Tree, name: string, announce: boolean): Promise<void> {
  const real = join(tree.options.root, name);
  if (tree.closed || tree.folders.has(name)) return;
  if (tree.folders.size >= maxFolders) throw rpcError("resource_exhausted", `more than ${maxFolders} folders to watch`);
  const watcher = watch(real, { persistent: false }, (_, child) => {
    if (child !== null) look(tree, name === "" ? child : `${name}/${child}`);
  });
  watcher.on("error", () => watcher.close());
  tree.folders.set(name, watcher);
  const children: Dirent[] = await readdir(real, { withFileTypes: true }).catch(() => []);
  for (const child of children) {
    const path = name === "" ? child.name : `${name}/${child.name}`;
    if (announce) await inspect(tree, path);
    else await remember(tree, path);
  }
}

async function remember(tree: Tree, name: string): Promise<void> {
  const stats = await statOf(tree, name);
  if (stats === null || tree.known.has(name)) return;
  tree.known.set(name, stats);
  if (stats.isDirectory() && tree.options.recursive) await addFolder(tree, name, false);
}

function look(tree: Tree, name: string): void {
  tree.queue = tree.queue.then(async () => inspect(tree, name)).catch(() => undefined);
}

async function inspect(tree: Tree, name: string): Promise<void> {
  if (tree.closed) return;
  const before = tree.known.get(name);
  const now = await statOf(tree, name);
  if (now === null) return before === undefined ? undefined : vanished(tree, name, before);
  tree.known.set(name, now);
  if (before === undefined || before.ino !== now.ino) return appeared(tree, name, now);
  if (before.mode !== now.mode) tell(tree, name, "EVENT_TYPE_CHMOD");
  else if (before.mtimeNs !== now.mtimeNs || before.size !== now.size) {
    if (!now.isDirectory()) tell(tree, name, "EVENT_TYPE_WRITE");
  } else if (before.ctimeNs !== now.ctimeNs && before.nlink === now.nlink) tell(tree, name, "EVENT_TYPE_CHMOD");
}

async function appeared(tree: Tree, name: string, now: BigIntStats): Promise<void> {
  const oldName = nameOfInode(tree, now, name);
  const moved = oldName !== null && (await statOf(tree, oldName))?.ino !== now.ino;
  if (moved && oldName !== null) {
    forget(tree, oldName);
    tell(tree, oldName, "EVENT_TYPE_RENAME");
  }
  tell(tree, name, "EVENT_TYPE_CREATE");
  const young = tree.options.clock.nowMs() - Number(now.mtimeMs) < freshMs;
  if (now.isFile() && now.size > 0n && young && !moved) tell(tree, name, "EVENT_TYPE_WRITE");
  if (now.isDirectory() && tree.options.recursive) await addFolder(tree, name, true);
}

async function vanished(tree: Tree, name: string, before: BigIntStats): Promise<void> {
  // The other half of a move inside the tree may be the very next event.
  await tree.options.clock.sleep(renameWaitMs);
  if (!tree.known.has(name)) return;
  const moved = await reappeared(tree, name, before);
  forget(tree, name);
  tell(tree, name, moved ? "EVENT_TYPE_RENAME" : "EVENT_TYPE_REMOVE");
}

/** True when a watched folder now holds this inode under a name we do not know yet. */
async function reappeared(tree: Tree, name: string, before: BigIntStats): Promise<boolean> {
  for (const folder of tree.folders.keys()) {
    const children = await readdir(join(tree.options.root, folder)).catch(() => []);
    for (const child of children) {
      const path = folder === "" ? child : `${folder}/${child}`;
      if (path !== name && !tree.known.has(path) && (await statOf(tree, path))?.ino === before.ino) return true;
    }
  }
  return false;
}

function nameOfInode(tree: Tree, stats: BigIntStats, except: string): string | null {
  for (const [name, known] of tree.known) {
    if (name !== except && known.ino === stats.ino && known.dev === stats.dev) return name;
  }
  return null;
}

function forget(tree: Tree, name: string): void {
  tree.known.delete(name);
  tree.folders.get(name)?.close();
  tree.folders.delete(name);
  const below = `${name}/`;
  for (const path of tree.known.keys()) if (path.startsWith(below)) tree.known.delete(path);
  for (const [path, folder] of tree.folders) {
    if (!path.startsWith(below)) continue;
    folder.close();
    tree.folders.delete(path);
  }
}

function tell(tree: Tree, name: string, type: WatchEventType): void {
  if (!tree.closed) tree.options.onEvent({ name, type });
}

async function statOf(tree: Tree, name: string): Promise<BigIntStats | null> {
  return lstat(join(tree.options.root, name), { bigint: true }).catch(() => null);
}
