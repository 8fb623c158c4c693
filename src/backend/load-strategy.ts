// A strategy by its name, or from a file of the user's. A file is compiled by the transformer that vitest brings along, because
// Node 20 cannot strip types, and evaluated in a world of its own.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { bookStrategies, findStrategy, strategies } from "../strategies/find-strategy.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { evaluateStrategy, invalid } from "../strategies/user/evaluate-strategy.ts";
import { userLimits, userStrategyName } from "../strategies/user/user-strategy.ts";

export interface LoadedStrategy {
  readonly strategy: Strategy;
  /** How an agent is asked for it. */
  readonly name: string;
  /** What an agent is taught first; undefined for ours. */
  readonly code?: string;
}

/** Throws `strategy.unknown`, and `strategy.invalid` with the file and what is wrong with it. */
export async function loadStrategy(name: string): Promise<LoadedStrategy> {
  if (!isStrategyFile(name)) {
    const strategy = findStrategy(name);
    return { strategy, name: strategy.id };
  }
  const source = readSource(name);
  const code = await compile(source, name);
  const strategy = evaluateStrategy(code, name);
  const ours = [...strategies, ...bookStrategies].some(({ id }) => id === strategy.id);
  if (ours)
    throw invalid(name, `its id ${strategy.id} is that of a strategy that ships with this program`, "Rename it");
  const sha256 = createHash("sha256").update(code).digest("hex");
  return { strategy: { ...strategy, codeSha256: sha256 }, name: userStrategyName(sha256), code };
}

/** Names have no such ends and no folders. */
export function isStrategyFile(name: string): boolean {
  return /[/\\]|\.(ts|mts|js|mjs)$/.test(name);
}

function readSource(file: string): string {
  if (!/\.(ts|mts|js|mjs)$/.test(file)) throw invalid(file, "its name ends in none of .ts, .mts, .js, .mjs");
  try {
    if (statSync(file).size <= userLimits.codeChars) return readFileSync(file, "utf8");
  } catch (cause) {
    throw new SwarmError("strategy.unknown", `No strategy file is at ${file}`, {
      hint: "Check the path and the permissions",
      cause,
      details: { strategy: file },
    });
  }
  throw invalid(file, `it has more than ${userLimits.codeChars} bytes`);
}

async function compile(source: string, file: string): Promise<string> {
  const { transformWithEsbuild } = await import("vite");
  try {
    const loader = file.endsWith("ts") ? "ts" : "js";
    // A text, so that no tsconfig around the file is read.
    const options = { loader, format: "cjs", target: "es2022", sourcemap: false, tsconfigRaw: "{}" } as const;
    return (await transformWithEsbuild(source, file, options)).code;
  } catch (thrown) {
    throw invalid(file, problemOf(thrown), undefined, thrown);
  }
}

function problemOf(thrown: unknown): string {
  const errors: unknown = isRecord(thrown) ? thrown.errors : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (!isRecord(first)) return "it cannot be compiled";
  const place = isRecord(first.location)
    ? `line ${Number(first.location.line)} column ${Number(first.location.column) + 1}: `
    : "";
  return `${place}${String(first.text).slice(0, 200)}`;
}
