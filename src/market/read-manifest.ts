// The list of price series that are installed, read from fixtures/market/MANIFEST.json. What is not listed does not exist.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { packageFolder } from "../host/package-folder.ts";

/** One installed series and where it came from. */
export interface Series {
  readonly file: string;
  readonly symbol: string;
  readonly interval: "1d" | "1mo";
  readonly adjustment: "none" | "split" | "split+dividend";
  readonly closeOnly: boolean;
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly sha256: string;
  readonly package: string;
  readonly version: string;
  readonly licence: string;
  readonly sourceFile: string;
  readonly sourceSha256: string;
}

/** Folder of the shipped series. */
export const shippedFolder = (): string => packageFolder("fixtures", "market");

/** Every installed series, in the order of the manifest. Throws `market.data` when the manifest is unreadable. */
export function listSeries(folder = shippedFolder()): readonly Series[] {
  const path = join(folder, "MANIFEST.json");
  const manifest = readJson(path);
  const files = isRecord(manifest) ? manifest["files"] : undefined;
  if (!Array.isArray(files)) throw malformed(path, "it has no list named files");
  return files.map((row) => {
    if (!isSeries(row)) throw malformed(path, `a row is incomplete: ${JSON.stringify(row).slice(0, 80)}`);
    return row;
  });
}

/** Symbols with at least one installed series, sorted, each once. */
export function listSymbols(folder = shippedFolder()): readonly string[] {
  return [...new Set(listSeries(folder).map((series) => series.symbol))].sort();
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw malformed(path, "it cannot be read as JSON", cause);
  }
}

const textFields = [
  "file",
  "symbol",
  "first",
  "last",
  "sha256",
  "package",
  "version",
  "licence",
  "sourceFile",
  "sourceSha256",
] as const;

function isSeries(row: unknown): row is Series {
  return (
    isRecord(row) &&
    textFields.every((field) => typeof row[field] === "string") &&
    typeof row["rows"] === "number" &&
    typeof row["closeOnly"] === "boolean" &&
    (row["interval"] === "1d" || row["interval"] === "1mo") &&
    (row["adjustment"] === "none" || row["adjustment"] === "split" || row["adjustment"] === "split+dividend")
  );
}

function malformed(path: string, problem: string, cause?: unknown): SwarmError {
  return new SwarmError("market.data", `Cannot use the price manifest ${path}: ${problem}`, {
    hint: "Reinstall the package, or run node tools/extract-market.mjs in a clone",
    cause,
    details: { path },
  });
}
