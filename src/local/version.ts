// The package's version, for the handshake between a client and a server that was started earlier.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../contracts/json.ts";

let known: string | undefined;

/** From the nearest package.json above this file: works in src/ and in dist/. */
export function packageVersion(): string {
  known ??= read();
  return known;
}

function read(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (!existsSync(path)) continue;
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isRecord(value) && value.name === "e2b-swarm" && typeof value.version === "string") return value.version;
  }
  return "unknown";
}
