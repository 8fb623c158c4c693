// Versions, read from the packages themselves.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { packageFolder } from "../../host/package-folder.ts";
import { handler } from "../handler.ts";

export const handle = handler("version.input", "version.output", async () => ({
  version: versionOf(join(packageFolder(), "package.json")),
  node: process.versions.node,
  e2bSdk: versionOf(createRequire(import.meta.url).resolve("e2b/package.json")),
}));

/** The `version` member of a package.json. */
export function versionOf(path: string): string {
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  return isRecord(value) && typeof value.version === "string" ? value.version : "unknown";
}
