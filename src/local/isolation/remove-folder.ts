// Deletes a cell's folder whatever its tenant did to the modes inside. Symlinks are never followed.
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import type { Clock } from "../../host/clock.ts";

/** Never throws: what cannot be deleted is reported as false, and the next sweep tries again. */
export async function removeFolder(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await removeTogether([path])) return true;
    await openFolders(path);
  }
  return false;
}

const attempts = 10;
const pauseMs = 20;

/**
 * A run folder: the name of its owner goes last, so that whatever is left when this fails or is killed is still known as
 * abandoned. Others may be deleting inside at the same time.
 */
export async function removeRunFolder(path: string, owner: string, clock: Clock): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const inside = (await readdir(path).catch(() => [])).filter((name) => name !== owner);
    const removed = await Promise.all(inside.map(async (name) => removeFolder(join(path, name))));
    if (removed.every(Boolean) && (await removeFolder(path))) return true;
    await clock.sleep(pauseMs);
  }
  return false;
}

/** An ordinary user cannot enter folders its own cell closed; give them back their owner's rights. */
async function openFolders(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isDirectory()) return;
    await chmod(path, 0o700);
    for (const name of await readdir(path)) await openFolders(join(path, name));
  } catch {
    // Gone meanwhile, or not ours; rm decides.
  }
}

/**
 * One attempt for all of them; false when any is left. rm(1) instead of fs.rm: one process off the event loop's thread
 * pool, however many files.
 */
export async function removeTogether(paths: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("rm", ["-rf", "--one-file-system", "--", ...paths], { stdio: "ignore" });
    child.once("error", () => {
      Promise.all(paths.map(async (path) => rm(path, { recursive: true, force: true }))).then(
        () => resolve(true),
        () => resolve(false),
      );
    });
    child.once("exit", (code) => resolve(code === 0));
  });
}
