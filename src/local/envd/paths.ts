// From the path a client names to the path this process opens, and back.
import { posix } from "node:path";
import type { Agent } from "./agent.ts";
import { rpcError } from "./rpc-error.ts";
import type { User } from "./users.ts";

/** Absolute path as the client sees it: `~` expands, relative paths start at the user's home or the default workdir. */
export function resolvePath(agent: Agent, path: string, user: User): string {
  if (path.includes("\0")) throw rpcError("invalid_argument", "path holds a NUL byte");
  if (path === "~" || path.startsWith("~/")) return posix.normalize(user.home + path.slice(1));
  if (path.startsWith("~")) throw rpcError("invalid_argument", `cannot expand '${path}': only '~' and '~/' are known`);
  if (path.startsWith("/")) return trim(posix.normalize(path));
  return trim(posix.join(agent.tenant.defaultWorkdir ?? user.home, path));
}

/** Where it really is for this process. */
export function realPath(agent: Agent, path: string): string {
  return agent.config.rootPrefix === "" ? path : trim(agent.config.rootPrefix + path);
}

/** The client's view of a real path. */
export function shownPath(agent: Agent, path: string): string {
  const { rootPrefix } = agent.config;
  if (rootPrefix === "" || !path.startsWith(rootPrefix)) return path;
  return path.slice(rootPrefix.length) || "/";
}

function trim(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
