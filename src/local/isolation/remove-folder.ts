// Deletes a cell's folder whatever its tenant did to the modes inside. Symlinks are never followed.
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";

/** Never throws: what cannot be deleted is reported as false, and the next sweep tries again. */
export async function removeFolder(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await removeTogether([path])) return true;
    await openFolders(path);
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
