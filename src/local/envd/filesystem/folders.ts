// Makes the missing folders of a path, each owned by the user who asked.
import { lchown, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Agent } from "../agent.ts";
import { rpcError } from "../rpc-error.ts";
import { switchTo, type User } from "../users.ts";

/** Returns how many folders were missing. `real` is the path this process opens. */
export async function makeFolders(agent: Agent, real: string, user: User): Promise<number> {
  const found = await stat(real).catch(() => null);
  if (found?.isDirectory() === true) return 0;
  if (found !== null) throw rpcError("invalid_argument", `path is a file, not a folder: ${real}`);
  const above = await makeFolders(agent, dirname(real), user);
  try {
    await mkdir(real, { mode: 0o755 });
    await giveTo(agent, real, user);
  } catch (cause) {
    // Somebody else may have made it between the look and the call.
    if (!(await stat(real).catch(() => null))?.isDirectory()) throw cause;
  }
  return above + 1;
}

/** Hands a path that was just made to the user. Links are never followed. */
export async function giveTo(agent: Agent, real: string, user: User): Promise<void> {
  const ids = switchTo(agent, user);
  if (ids !== null) await lchown(real, ids.uid, ids.gid);
}
