// Versions, read from the packages themselves.
import { createRequire } from "node:module";
import { packageVersion, versionOf } from "../../host/package-version.ts";
import { handler } from "../handler.ts";

export const handle = handler("version.input", "version.output", async () => ({
  version: packageVersion(),
  node: process.versions.node,
  e2bSdk: versionOf(createRequire(import.meta.url).resolve("e2b/package.json")),
}));
