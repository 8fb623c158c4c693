// Where a volume is mounted inside a root that came from a tenant's image: a link planted on the way would make the mount,
// and the folders made for it, land elsewhere. The root is at rest here, so looking is enough.
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { CellBind } from "./backend.ts";

/** Throws `sandbox.create-failed` when a part of a mount's path is anything but a folder or missing. */
export async function checkBindTargets(root: string, binds: readonly CellBind[]): Promise<void> {
  for (const { path } of binds) {
    let at = root;
    for (const part of path.split("/").filter((name) => name !== "")) {
      at = join(at, part);
      const stats = await lstat(at).catch(() => null);
      if (stats === null) break;
      if (stats.isDirectory()) continue;
      throw new SwarmError(
        "sandbox.create-failed",
        `Cannot mount a volume at '${path}': '${part}' is no folder there`,
        {
          hint: "Mount it at a path whose folders are real ones in this template",
        },
      );
    }
  }
}
