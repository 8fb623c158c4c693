// The version of this package, read from its own package.json whether the code runs from dist/ or from the sources.
import { readFileSync } from "node:fs";
import { isRecord } from "../contracts/json.ts";
import { invariant } from "../contracts/invariant.ts";
import { packageFolder } from "../host/package-folder.ts";

/** For instance `0.1.0`. */
export function packageVersion(): string {
  const found: unknown = JSON.parse(readFileSync(packageFolder("package.json"), "utf8"));
  invariant(isRecord(found) && typeof found.version === "string", "package.json states a version");
  return found.version;
}
