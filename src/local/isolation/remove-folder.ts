// Deletes a cell's folder whatever its tenant did to the modes inside. Symlinks are never followed.
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";

/** Never throws: what cannot be deleted is reported as false, and the next sweep tries again. */
export async function removeFolder(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const code = await run("rm", ["-rf", "--one-file-system", "--", path]);
    if (code === 0) return true;
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

/** rm(1) instead of fs.rm: one process off the event loop's thread pool, however many files. */
async function run(command: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore" });
    child.once("error", () => {
      rm(args.at(-1) ?? "", { recursive: true, force: true }).then(
        () => resolve(0),
        () => resolve(1),
      );
    });
    child.once("exit", (code) => resolve(code));
  });
}
