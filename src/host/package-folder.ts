// Where this package is installed: the nearest folder above this file that holds package.json. True for src/ and dist/src/.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { invariant } from "../contracts/invariant.ts";

const maxSteps = 10;

/** Absolute path of the package's folder, or of something in it: `packageFolder("fixtures", "market")`. */
export function packageFolder(...parts: readonly string[]): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let step = 0; step < maxSteps && !existsSync(join(folder, "package.json")); step += 1) folder = dirname(folder);
  invariant(existsSync(join(folder, "package.json")), "the code lies inside its package");
  return join(folder, ...parts);
}
