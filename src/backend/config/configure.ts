// The config file as defaults for the variables it stands for: a variable that is set stays as it is, and so do flags, which are
// stronger than variables. Called before anything is opened, so that everything that follows sees one environment.
import { dirname, resolve } from "node:path";
import type { Config } from "../../contracts/config.ts";
import { configRows } from "../../contracts/config-keys.ts";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { existsSync } from "node:fs";
import type { Env } from "../../host/env.ts";
import { findConfig } from "./find-config.ts";
import { readConfig } from "./read-config.ts";

/** Which file: the one that is named, the one that is found, or none. */
export type ConfigChoice =
  | { readonly kind: "named"; readonly path: string }
  | { readonly kind: "found" }
  | { readonly kind: "none" };

export interface Configured {
  /** Null when there is no file. */
  readonly path: string | null;
  /** Values for variables that are not set. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Throws `usage.config`. */
export async function configured(choice: ConfigChoice, env: Env, cwd: string): Promise<Configured> {
  const path = pathOf(choice, env, cwd);
  if (path === null) return { path: null, variables: {} };
  const variables = variablesOf(await readConfig(path), dirname(path));
  const unset = Object.entries(variables).filter(([name]) => (env[name] ?? "") === "");
  return { path, variables: Object.fromEntries(unset) };
}

function pathOf(choice: ConfigChoice, env: Env, cwd: string): string | null {
  if (choice.kind === "none") return null;
  if (choice.kind === "found") return findConfig(cwd, env.HOME);
  const path = resolve(cwd, choice.path);
  if (!existsSync(path)) {
    throw new SwarmError("usage.config", `Cannot use ${choice.path}: no file is there`, {
      hint: "Check the path after --config",
    });
  }
  if (/\.(ts|mjs|js|json)$/.test(path)) return path;
  throw new SwarmError("usage.config", `Cannot use ${choice.path}: it ends in none of .ts, .mjs, .js, .json`, {
    hint: "Rename it",
  });
}

function variablesOf(config: Config, folder: string): Record<string, string> {
  return Object.fromEntries(
    configRows.flatMap(({ key, variable, isPath }) => {
      const value = key.split(".").reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), config);
      const text = textOf(value);
      if (text === null) return [];
      return [[variable, isPath === true ? resolve(folder, text) : text]];
    }),
  );
}

/** As the variables take it; null for what is not given. */
function textOf(value: unknown): string | null {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
