// The unary calls of filesystem.Filesystem except watching.
import { readdir, realpath, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname, join, posix } from "node:path";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { realPath, resolvePath } from "../paths.ts";
import { rpcError, toProblem } from "../rpc-error.ts";
import { requestUser, type User } from "../users.ts";
import { entryInfo, fileProblem } from "./entry.ts";
import { makeFolders } from "./folders.ts";

/** Most entries one listing answers; a larger folder needs a shell. */
const maxEntries = 100_000;
/** Entries looked at together. */
const batch = 64;

export async function statEntry(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  return { entry: await entryInfo(agent, pathOf(agent, request, message.path).shown) };
}

export async function makeDir(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { shown, real, user } = pathOf(agent, request, message.path);
  const found = await stat(real).catch((cause: unknown) => {
    const problem = fileProblem(cause, "");
    if (toProblem(problem).code !== "not_found") throw problem;
    return null;
  });
  if (found?.isDirectory() === true) throw rpcError("already_exists", `directory already exists: ${shown}`);
  if (found !== null) throw rpcError("invalid_argument", `path already exists but it is not a directory: ${shown}`);
  await foldersOf(agent, real, user);
  return { entry: await entryInfo(agent, shown) };
}

/** rename(2): what stands at the destination is replaced, another file system is refused. */
export async function move(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const source = pathOf(agent, request, message.source);
  const destination = pathOf(agent, request, message.destination);
  await foldersOf(agent, dirname(destination.real), destination.user);
  await rename(source.real, destination.real).catch((cause: unknown) =>
    Promise.reject(fileProblem(cause, "source file not found", "error renaming")),
  );
  return { entry: await entryInfo(agent, destination.shown) };
}

export async function remove(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { real } = pathOf(agent, request, message.path);
  await rm(real, { recursive: true, force: true }).catch((cause: unknown) =>
    Promise.reject(fileProblem(cause, "file not found", "error removing file or directory")),
  );
  return {};
}

/** Pre-order, lexical; a linked start is followed, linked children are not. */
export async function listDir(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { shown, real } = pathOf(agent, request, message.path);
  const depth = typeof message.depth === "number" && message.depth > 0 ? Math.floor(message.depth) : 1;
  const start = await realpath(real).catch((cause: unknown) => Promise.reject(linkProblem(cause, shown)));
  const found = await stat(start).catch((cause: unknown) => Promise.reject(fileProblem(cause, "directory not found")));
  if (!found.isDirectory()) throw rpcError("invalid_argument", `path is not a directory: ${shown}`);
  const entries: Message[] = [];
  await walk({ agent, entries, top: shown }, { shown, real: start }, depth).catch((cause: unknown) =>
    Promise.reject(fileProblem(cause, `error reading directory ${shown}`, `error reading directory ${shown}`)),
  );
  return { entries };
}

function linkProblem(cause: unknown, shown: string): unknown {
  if (cause instanceof Error && "code" in cause && cause.code === "ELOOP") {
    return rpcError("failed_precondition", `cyclic symlink or chain >255 links at "${shown}"`);
  }
  return fileProblem(cause, "path not found", "error resolving symlink");
}

interface Walk {
  readonly agent: Agent;
  readonly entries: Message[];
  readonly top: string;
}

/** Entries of one folder are asked for together, answered in order. */
async function walk(to: Walk, at: { readonly shown: string; readonly real: string }, depth: number): Promise<void> {
  const children = await readdir(at.real, { withFileTypes: true });
  children.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (let from = 0; from < children.length; from += batch) {
    const some = children.slice(from, from + batch);
    const infos = await Promise.all(
      some.map(async ({ name }) =>
        // An entry that vanished since the listing is simply not there.
        entryInfo(to.agent, posix.join(at.shown, name), join(at.real, name)).catch(() => null),
      ),
    );
    for (const [index, child] of some.entries()) {
      const entry = infos[index] ?? null;
      if (entry === null) continue;
      if (to.entries.length >= maxEntries)
        throw rpcError("resource_exhausted", `more than ${maxEntries} entries: ${to.top}`);
      to.entries.push(entry);
      if (!child.isDirectory() || depth <= 1) continue;
      await walk(to, { shown: posix.join(at.shown, child.name), real: join(at.real, child.name) }, depth - 1);
    }
  }
}

async function foldersOf(agent: Agent, real: string, user: User): Promise<void> {
  await makeFolders(agent, real, user).catch((cause: unknown) =>
    Promise.reject(fileProblem(cause, "failed to create directory", "failed to create directory")),
  );
}

export function pathOf(
  agent: Agent,
  request: IncomingMessage,
  path: unknown,
): { readonly shown: string; readonly real: string; readonly user: User } {
  const user = requestUser(agent, request);
  const shown = resolvePath(agent, typeof path === "string" ? path : "", user);
  return { shown, real: realPath(agent, shown), user };
}
