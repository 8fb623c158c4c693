// The version of this package, read from its own package.json whether the code runs from dist/ or from the sources.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRecord } from "../contracts/json.ts";

const maximumDepth = 6;

/** For instance `0.1.0`. */
export function packageVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let depth = 0; depth < maximumDepth; depth += 1) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const found: unknown = JSON.parse(readFileSync(path, "utf8"));
      if (isRecord(found) && found.name === "e2b-swarm") return String(found.version);
    }
    folder = dirname(folder);
  }
  throw new Error("Invariant broken: package.json of e2b-swarm is not above this file");
}
