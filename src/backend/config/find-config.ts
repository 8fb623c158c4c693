// Where the config file of a project is: in the working folder or above it, up to the root of its repository or the home.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { configNames } from "../../contracts/config-keys.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

/** Deeper than any project. */
const mostFolders = 64;

/** Null when there is none. Throws `usage.config` when one folder holds several. */
export function findConfig(folder: string, home: string | undefined): string | null {
  let at = resolve(folder);
  for (let climbed = 0; climbed < mostFolders; climbed += 1) {
    const found = configNames.filter((name) => existsSync(join(at, name)));
    if (found.length > 1) {
      throw new SwarmError("usage.config", `Cannot choose a config file: ${at} holds ${found.join(" and ")}`, {
        hint: `Keep one of them, or name it: --config ${found[0]}`,
        details: { folder: at },
      });
    }
    if (found[0] !== undefined) return join(at, found[0]);
    const above = dirname(at);
    if (above === at || existsSync(join(at, ".git")) || (home !== undefined && at === resolve(home))) return null;
    at = above;
  }
  return null;
}
