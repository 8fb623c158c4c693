// Writes one uploaded body to a path: parents made, file given to the user, existing file truncated.
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, posix } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { giveTo, makeFolders } from "../filesystem/folders.ts";
import { realPath, resolvePath } from "../paths.ts";
import { rpcError } from "../rpc-error.ts";
import type { User } from "../users.ts";

export async function storeFile(agent: Agent, path: string, user: User, body: Readable): Promise<Message> {
  const shown = resolvePath(agent, path, user);
  const real = realPath(agent, shown);
  const found = await stat(real).catch(() => null);
  if (found?.isDirectory() === true) throw rpcError("invalid_argument", `path is a directory: ${shown}`);
  await makeFolders(agent, dirname(real), user);
  await pipeline(body, createWriteStream(real, { mode: 0o644 }));
  if (found === null) await giveTo(agent, real, user);
  return { path: shown, name: posix.basename(shown), type: "file" };
}
