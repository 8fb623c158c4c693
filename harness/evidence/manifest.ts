// The manifest: every file of the bundle with its digests, built from what is on disk. Law: measurement §8.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest, ManifestEntry } from "../claims/bundle.ts";
import { manifestEntry } from "./chain.ts";

/** Most files one bundle may hold. */
export const mostFiles = 10_000;
const unlisted = new Set(["manifest.json", "run.dsse.json", "cert.dsse.json"]);

/** Paths below the evidence folder, sorted, without the files that describe the bundle itself. */
export function bundlePaths(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !unlisted.has(path) && !path.endsWith(".tmp"))
    .sort()
    .slice(0, mostFiles);
}

export function bundleEntries(folder: string): Readonly<Record<string, ManifestEntry>> {
  return Object.fromEntries(
    bundlePaths(folder).map((path) => [path, manifestEntry(readFileSync(join(folder, path), "utf8"))]),
  );
}

export function buildManifest(
  folder: string,
  head: Pick<Manifest, "run" | "planSha256" | "state" | "reports">,
): Manifest {
  return { schema: "manifest/1", ...head, files: bundleEntries(folder) };
}
