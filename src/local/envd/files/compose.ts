// POST /files/compose: joins files in the order given, under a temporary name until all of it is there; then the sources
// are deleted.
import type { IncomingMessage, ServerResponse } from "node:http";
import { chown, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, posix } from "node:path";
import type { Agent } from "../agent.ts";
import { parseMessage, readBody, type Message } from "../connect.ts";
import { giveTo, makeFolders } from "../filesystem/folders.ts";
import { sendJson, sendProblem } from "../http-answer.ts";
import { realPath, resolvePath } from "../paths.ts";
import type { User } from "../users.ts";
import { describeProblem, doing, httpProblem } from "./file-problem.ts";
import { userNamed } from "./file-user.ts";

const maxSources = 10_000;
const copyBytes = 262_144;

export async function compose(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const message = await readBody(request).then((body) => parseMessage(body.toString("utf8")));
    sendJson(response, 200, await join(agent, message));
  } catch (thrown) {
    const problem = describeProblem(thrown);
    sendProblem(response, problem.status, problem.message);
  }
}

async function join(agent: Agent, message: Message): Promise<Message> {
  const { source_paths: named, destination, username } = message;
  const paths = Array.isArray(named) ? named.filter((path): path is string => typeof path === "string") : [];
  if (paths.length === 0) throw httpProblem(400, "source_paths must not be empty");
  if (paths.length > maxSources) throw httpProblem(400, `source_paths has more than ${maxSources} entries`);
  if (typeof destination !== "string" || destination === "") throw httpProblem(400, "destination is required");
  const user = userNamed(agent, typeof username === "string" ? username : null);
  const target = resolvePath(agent, destination, user);
  const sources: string[] = [];
  for (const path of paths) sources.push(await sourceAt(agent, path, { target, user }));
  const real = realPath(agent, target);
  await doing("error ensuring directories", makeFolders(agent, dirname(real), user));
  await writeAll(agent, sources, { real, user });
  for (const source of sources) await rm(source, { force: true });
  return { path: target, name: posix.basename(target), type: "file" };
}

async function sourceAt(agent: Agent, path: string, to: { target: string; user: User }): Promise<string> {
  const shown = resolvePath(agent, path, to.user);
  if (shown === to.target) throw httpProblem(400, `source path "${path}" cannot be the same as destination`);
  const real = realPath(agent, shown);
  const found = await stat(real).catch(() => null);
  if (found === null) throw httpProblem(404, `source file not found: ${path}`);
  if (!found.isFile()) throw httpProblem(400, `source path is not a regular file: ${path}`);
  return real;
}

async function writeAll(
  agent: Agent,
  sources: readonly string[],
  to: { readonly real: string; readonly user: User },
): Promise<void> {
  const temporary = `${to.real}.e2b-compose.${agent.random.bytes(16).toString("hex")}.tmp`;
  const file = await doing("error creating destination file", open(temporary, "wx", 0o666));
  try {
    await doing("error changing file ownership", giveTo(agent, temporary, to.user, chown));
    for (const source of sources) await doing(`error composing source ${source}`, append(file, source));
    await file.close();
    await doing("error finalizing compose", rename(temporary, to.real));
  } catch (cause) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw cause;
  }
}

async function append(file: FileHandle, source: string): Promise<void> {
  const from = await open(source, "r");
  try {
    const buffer = Buffer.allocUnsafe(copyBytes);
    for (;;) {
      const { bytesRead } = await from.read(buffer, 0, copyBytes);
      if (bytesRead === 0) return;
      for (let at = 0; at < bytesRead;) at += (await file.write(buffer, at, bytesRead - at)).bytesWritten;
    }
  } finally {
    await from.close();
  }
}
