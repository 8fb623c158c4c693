// Where this package's own files (fixtures, templates, built programs) lie, from the sources and from dist/ alike.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { invariant } from "../contracts/invariant.ts";

/** The folder that holds our package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    invariant(dirname(folder) !== folder, "the package root lies above this file");
    folder = dirname(folder);
  }
  return folder;
}
