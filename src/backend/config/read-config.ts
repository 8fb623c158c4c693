// What a config file says: JSON is parsed, a module is run and its default export taken. TypeScript is run by Node where it
// strips types, else compiled by the transformer that vitest brings along.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Config } from "../../contracts/config.ts";
import { isRecord } from "../../contracts/json.ts";
import { check } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { nearestKey } from "./nearest-key.ts";

/** Throws `usage.config` with the file, the line where it is known, the key and the one that was probably meant. */
export async function readConfig(path: string): Promise<Config> {
  const source = sourceOf(path);
  const value = path.endsWith(".json") ? jsonOf(path, source) : await moduleOf(path, source);
  if (!isRecord(value)) {
    throw unusable(path, null, path.endsWith(".json") ? "it holds no object" : "its default export is no object");
  }
  const parsed = check("config", value);
  if (parsed.ok) return parsed.value;
  const key = parsed.field.split(".").at(-1) ?? "";
  const line = lineOf(source, key);
  if (parsed.problem !== "is not a known field") throw unusable(path, line, `${parsed.field} ${parsed.problem}`);
  const meant = nearestKey(parsed.field);
  const isSecret = /key|token|secret|password/i.test(key);
  const hint = isSecret
    ? "Keys stay out of files: set the variable of the environment"
    : meant === null
      ? "docs/config.md lists the keys"
      : `Did you mean ${meant}?`;
  throw unusable(path, line, `${parsed.field} is not a known key`, { hint });
}

function sourceOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw unusable(path, null, "it cannot be read", { cause, hint: "Check the path and the permissions" });
  }
}

function jsonOf(path: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw unusable(path, brokenLine(source), "it is not JSON", { cause });
  }
}

/** The parser does not always say where: the first line up to which the text is wrong, not merely unfinished. */
function brokenLine(source: string): number {
  const lines = source.split("\n");
  const at = lines.findIndex((_, i) => isBroken(lines.slice(0, i + 1).join("\n")));
  return at < 0 ? lines.length : at + 1;
}

function isBroken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : "";
    const position = Number(/position (\d+)/.exec(said)?.[1] ?? -1);
    return !/end of JSON input|Unterminated string/.test(said) && position < text.length;
  }
}

async function moduleOf(path: string, source: string): Promise<unknown> {
  try {
    const loaded: unknown = await (needsCompiling(path) ? importCompiled(path, source) : import(urlOf(path)));
    return isRecord(loaded) ? loaded.default : undefined;
  } catch (cause) {
    if (cause instanceof SwarmError) throw cause;
    const said = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw unusable(path, null, `it cannot be run: ${(said ?? "").slice(0, 300)}`, { cause });
  }
}

function needsCompiling(path: string): boolean {
  return path.endsWith(".ts") && !("typescript" in process.features && process.features.typescript !== false);
}

/** Beside the file, so that what it imports is found as from there; gone again at once. */
async function importCompiled(path: string, source: string): Promise<unknown> {
  const { transformWithEsbuild } = await import("vite");
  const options = { loader: "ts", format: "esm", target: "es2022", sourcemap: false, tsconfigRaw: "{}" } as const;
  const { code } = await transformWithEsbuild(source, path, options);
  const beside = join(dirname(path), `.${basename(path, ".ts")}.${process.pid}.mjs`);
  try {
    writeFileSync(beside, code, { mode: 0o600, flag: "wx" });
  } catch {
    // A folder nobody may write to: what imports nothing runs from memory.
    const inMemory = `data:text/javascript,${encodeURIComponent(code)}`;
    return import(inMemory);
  }
  try {
    return await import(urlOf(beside));
  } finally {
    rmSync(beside, { force: true });
  }
}

function urlOf(path: string): string {
  return pathToFileURL(path).href;
}

/** Of the first place where the key is given; null when it is not found as it stands. */
function lineOf(source: string, key: string): number | null {
  const lines = source.split("\n");
  const quoted = key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const at = lines.findIndex((line) => new RegExp(`(^|[\\s{,"'])${quoted}["']?\\s*:`).test(line));
  return at < 0 ? null : at + 1;
}

function unusable(
  path: string,
  line: number | null,
  why: string,
  { hint = "docs/config.md says what is accepted", cause }: { readonly hint?: string; readonly cause?: unknown } = {},
): SwarmError {
  const where = line === null ? path : `${path}:${line}`;
  return new SwarmError("usage.config", `Cannot use ${where}: ${why}`, { hint, cause, details: { path } });
}
