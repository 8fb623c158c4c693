// The unary calls of filesystem.Filesystem except watching.
import { lstat, readdir, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname, posix } from "node:path";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { realPath, resolvePath } from "../paths.ts";
import { rpcError } from "../rpc-error.ts";
import { requestUser, type User } from "../users.ts";
import { entryInfo } from "./entry.ts";
import { makeFolders } from "./folders.ts";

/** Most entries one listing answers; a larger folder needs a shell. */
const maxEntries = 100_000;

export async function statEntry(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { shown } = pathOf(agent, request, message.path);
  return { entry: await entryInfo(agent, shown).catch((cause) => Promise.reject(missing(cause, shown))) };
}

export async function makeDir(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { shown, real, user } = pathOf(agent, request, message.path);
  if ((await makeFolders(agent, real, user)) === 0) throw rpcError("already_exists", `directory already exists: ${shown}`);
  return { entry: await entryInfo(agent, shown) };
}

export async function move(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const source = pathOf(agent, request, message.source);
  const destination = pathOf(agent, request, message.destination);
  await lstat(source.real).catch((cause) => Promise.reject(missing(cause, source.shown)));
  await makeFolders(agent, dirname(destination.real), destination.user);
  await rename(source.real, destination.real);
  return { entry: await entryInfo(agent, destination.shown) };
}

export async function remove(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { real } = pathOf(agent, request, message.path);
  await rm(real, { recursive: true, force: true });
  return {};
}

/** Pre-order, lexical; a linked start is followed, linked children are not. */
export async function listDir(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  const { shown, real } = pathOf(agent, request, message.path);
  const depth = typeof message.depth === "number" && message.depth > 0 ? message.depth : 1;
  const found = await stat(real).catch((cause) => Promise.reject(missing(cause, shown)));
  if (!found.isDirectory()) throw rpcError("invalid_argument", `path is not a directory: ${shown}`);
  const entries: Message[] = [];
  await walk(agent, shown, depth, entries);
  return { entries };
}

async function walk(agent: Agent, shown: string, depth: number, entries: Message[]): Promise<void> {
  const children = await readdir(realPath(agent, shown), { withFileTypes: true });
  for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(shown, child.name);
    // An entry that vanished since the listing is simply not there.
    const entry = await entryInfo(agent, path).catch(() => null);
    if (entry === null) continue;
    if (entries.length >= maxEntries) throw rpcError("resource_exhausted", `more than ${maxEntries} entries: ${shown}`);
    entries.push(entry);
    if (child.isDirectory() && depth > 1) await walk(agent, path, depth - 1, entries);
  }
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

export function missing(cause: unknown, shown: string): unknown {
  const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return isMissing ? rpcError("not_found", `path '${shown}' does not exist`) : cause;
}
