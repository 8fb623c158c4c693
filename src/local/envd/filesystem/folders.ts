// Makes the missing folders of a path, each owned by the user who asked.
import { chown, lchown, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Agent } from "../agent.ts";
import { rpcError } from "../rpc-error.ts";
import { switchTo, type User } from "../users.ts";

/** `real` is the path this process opens. Whoever else makes one of them at the same time, it ends up the user's. */
export async function makeFolders(agent: Agent, real: string, user: User): Promise<void> {
  const found = await stat(real).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  });
  if (found?.isDirectory() === true) return;
  if (found !== null) throw rpcError("internal", `path is a file: ${real}`);
  const above = dirname(real);
  if (above !== real) await makeFolders(agent, above, user);
  await mkdir(real, { mode: 0o755 }).catch((cause: unknown) => {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
  });
  await giveTo(agent, real, user, chown);
}

/**
 * Hands a path that was just made to the user. With a single id that changes nothing, and is done all the same: whoever
 * watches the folder sees what it would see elsewhere.
 */
export async function giveTo(agent: Agent, real: string, user: User, give = lchown): Promise<void> {
  const ids = switchTo(agent, user) ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await give(real, ids.uid, ids.gid);
}
