// The version of this package, read once from its own package.json: for doors, handshakes and reports alike.
import { readFileSync } from "node:fs";
import { isRecord } from "../contracts/json.ts";
import { invariant } from "../contracts/invariant.ts";
import { packageFolder } from "./package-folder.ts";

let known: string | undefined;

/** For instance `0.1.0`. */
export function packageVersion(): string {
  known ??= versionOf(packageFolder("package.json"));
  return known;
}

/** The `version` member of a package.json. */
export function versionOf(path: string): string {
  const found: unknown = JSON.parse(readFileSync(path, "utf8"));
  invariant(isRecord(found) && typeof found.version === "string", `${path} states a version`);
  return found.version;
}
