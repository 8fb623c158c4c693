// EntryInfo as envd writes it: type and mode of a link's target, Go's permission string, names instead of ids.
import type { Stats } from "node:fs";
import { lstat, realpath, stat } from "node:fs/promises";
import { posix } from "node:path";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { realPath, shownPath } from "../paths.ts";
import { nameOfId } from "../users.ts";

/** The entry at a path as the client sees it. Rejects with ENOENT when nothing is there. */
export async function entryInfo(agent: Agent, shown: string): Promise<Message> {
  const real = realPath(agent, shown);
  const own = await lstat(real);
  const target = own.isSymbolicLink() ? await followed(real) : null;
  const told = target?.stats ?? own;
  return {
    name: posix.basename(shown),
    type: own.isSymbolicLink() && target === null ? "FILE_TYPE_UNSPECIFIED" : fileType(told),
    path: shown,
    size: String(told.size),
    mode: told.mode & 0o777,
    permissions: goMode(own),
    owner: nameOfId(agent, "passwd", own.uid),
    group: nameOfId(agent, "group", own.gid),
    modifiedTime: new Date(own.mtimeMs).toISOString(),
    ...(target === null ? {} : { symlinkTarget: shownPath(agent, target.path) }),
  };
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
