// EntryInfo as envd writes it: type and mode of a link's target, Go's permission string, names instead of ids.
import type { Stats } from "node:fs";
import { lstat, realpath, stat } from "node:fs/promises";
import { posix } from "node:path";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { realPath, shownPath } from "../paths.ts";
import { readMetadata } from "../files/metadata.ts";
import { rpcError } from "../rpc-error.ts";
import { nameOfId } from "../users.ts";

/** The entry at a path as the client sees it. Rejects with `not_found` when nothing is there. */
export async function entryInfo(agent: Agent, shown: string, real = realPath(agent, shown)): Promise<Message> {
  const own = await lstat(real).catch((cause: unknown) => Promise.reject(fileProblem(cause, "file not found")));
  const link = own.isSymbolicLink();
  const target = link ? await followed(real) : null;
  const told = link ? target?.stats : own;
  return {
    name: posix.basename(shown) || "/",
    type: told === undefined ? "FILE_TYPE_UNSPECIFIED" : fileType(told),
    path: shown,
    size: String(own.size),
    mode: (told?.mode ?? 0) & 0o777,
    permissions: goMode(own),
    owner: nameOfId(agent, "passwd", own.uid),
    group: nameOfId(agent, "group", own.gid),
    modifiedTime: new Date(own.mtimeMs).toISOString(),
    // A link that leads nowhere names itself.
    ...(link ? { symlinkTarget: target === null ? shown : shownPath(agent, target.path) } : {}),
    ...(await readMetadata(agent.kernel, real)),
  };
}

/** A missing name is `not_found`, everything else the system says is `internal`: with the same words as envd's. */
export function fileProblem(cause: unknown, missing: string, other = "error getting file info"): unknown {
  if (!(cause instanceof Error) || !("code" in cause)) return cause;
  const isMissing = cause.code === "ENOENT";
  return rpcError(isMissing ? "not_found" : "internal", `${isMissing ? missing : other}: ${cause.message}`);
}

export function fileType(stats: Stats): string {
  if (stats.isFile()) return "FILE_TYPE_FILE";
  if (stats.isDirectory()) return "FILE_TYPE_DIRECTORY";
  if (stats.isSymbolicLink()) return "FILE_TYPE_SYMLINK";
  return "FILE_TYPE_UNSPECIFIED";
}

async function followed(real: string): Promise<{ readonly path: string; readonly stats: Stats } | null> {
  try {
    return { path: await realpath(real), stats: await stat(real) };
  } catch {
    return null;
  }
}

/** Go's FileMode.String(): kind letters, then nine permission letters. */
function goMode(stats: Stats): string {
  const kinds = [
    stats.isDirectory() ? "d" : "",
    stats.isSymbolicLink() ? "L" : "",
    stats.isBlockDevice() ? "D" : "",
    stats.isFIFO() ? "p" : "",
    stats.isSocket() ? "S" : "",
    (stats.mode & 0o4000) === 0 ? "" : "u",
    (stats.mode & 0o2000) === 0 ? "" : "g",
    stats.isCharacterDevice() ? "Dc" : "",
    (stats.mode & 0o1000) === 0 ? "" : "t",
  ].join("");
  const letters = Array.from("rwxrwxrwx", (letter, index) => ((stats.mode >> (8 - index)) & 1 ? letter : "-"));
  return (kinds || "-") + letters.join("");
}
