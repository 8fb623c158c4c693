// Commit and dirty flag of the tree that is judged, asked from git once per run. Outside a repository both are null.
import { spawnSync } from "node:child_process";
import type { CommitState } from "./env.ts";

/** Git may hang on a broken file system; evidence does not wait longer. */
const gitTimeoutMs = 10_000;

export function readCommitState(folder: string): CommitState {
  const commit = git(folder, ["rev-parse", "HEAD"]);
  if (commit === null) return { commit: null, dirty: null };
  const changes = git(folder, ["status", "--porcelain", "--untracked-files=normal"]);
  return { commit: commit.trim(), dirty: changes === null ? null : changes !== "" };
}

function git(folder: string, args: readonly string[]): string | null {
  const result = spawnSync("git", args, { cwd: folder, encoding: "utf8", timeout: gitTimeoutMs });
  return result.status === 0 ? result.stdout : null;
}
