// From the path a client names to the path this process opens, and back.
import { posix } from "node:path";
import type { Agent } from "./agent.ts";
import { rpcError } from "./rpc-error.ts";
import type { User } from "./users.ts";

/**
 * Absolute path as the client sees it. Only an empty path means the default workdir; `~` and relative paths start at the
 * user's home; an absolute path stays as it was written, because `/link/..` is not `/` when the kernel follows the link.
 */
export function resolvePath(agent: Agent, asked: string, user: User): string {
  if (asked.includes("\0")) throw rpcError("invalid_argument", "path holds a NUL byte");
  const path = asked === "" ? (agent.tenant.defaultWorkdir ?? "") : asked;
  if (path.startsWith("/")) return path;
  if (!path.startsWith("~")) return trim(posix.join(user.home, path));
  if (path.length === 1 || path[1] === "/") return trim(posix.join(user.home, path.slice(1)));
  const problem = "cannot expand user-specific home dir";
  throw rpcError("invalid_argument", `failed to expand path '${path}' for user '${user.name}': ${problem}`);
}

/** Where it really is for this process. Without a root of its own, `..` must not lead out of the folder that plays it. */
export function realPath(agent: Agent, path: string): string {
  const { rootPrefix } = agent.config;
  return rootPrefix === "" ? path : trim(rootPrefix + posix.normalize(path));
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
