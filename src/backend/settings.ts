// What the environment and the options say, read once. The choice of the target is made from these and nowhere else.
import { resolve } from "node:path";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Isolation, TargetKind } from "../contracts/target.ts";
import type { Env } from "../host/env.ts";
import type { ManagerSettings } from "../sandboxes/manager-settings.ts";
import type { BackendOptions } from "./backend.ts";
import { readManagerSettings } from "./manager-settings.ts";
import { decimal, notANumber, whole, word } from "./read-env.ts";

export interface Settings {
  readonly target: TargetKind;
  readonly isolation: Isolation;
  /** Holds `.swarm/`. */
  readonly folder: string;
  readonly apiKey: string | null;
  readonly domain: string;
  readonly maxSandboxes: number;
  /** `postgres://…` when coordinators on several machines share the record; null: a SQLite file in `folder`. Never logged. */
  readonly recordUrl: string | null;
  readonly budgetMicroUsd: number;
  /** What the manager of sandboxes does to save time, calls and seconds. */
  readonly manager: ManagerSettings;
  /** Port of the local server; 0 takes any free one. */
  readonly port: number;
}

/** Throws `usage.invalid` for a word the environment may not say, `auth.missing` for a cloud without a key. */
export function readSettings(options: BackendOptions, env: Env, cwd: string): Settings {
  const target = options.target ?? word(env, "E2B_SWARM_TARGET", ["local", "cloud"]) ?? defaultTarget(env);
  const isolation = options.isolation ?? word(env, "E2B_SWARM_ISOLATION", ["bwrap", "gvisor", "none"]) ?? "bwrap";
  const apiKey = env.E2B_API_KEY ?? null;
  if (target === "cloud" && (apiKey === null || apiKey === "")) {
    throw new SwarmError("auth.missing", "Cannot use the cloud target: E2B_API_KEY is not set", {
      hint: "Set E2B_API_KEY, or use --target local",
    });
  }
  return {
    target,
    isolation,
    folder: workingFolder(options, env, cwd),
    apiKey,
    domain: env.E2B_DOMAIN ?? "e2b.app",
    maxSandboxes: whole(env, "E2B_SWARM_MAX_SANDBOXES", 100, 1),
    recordUrl: recordUrl(env),
    manager: readManagerSettings(env),
    port: portOf(env, "E2B_SWARM_PORT"),
    budgetMicroUsd: Math.round(decimal(env, "COST_BUDGET_DAILY", 5) * 1e6),
  };
}

/** The folder that holds `.swarm/`; known without settling on a target. */
export function workingFolder(options: BackendOptions, env: Env, cwd: string): string {
  return resolve(options.folder ?? env.E2B_SWARM_STATE ?? cwd);
}

/** A key alone selects the cloud (decision 10), unless the variables of `local env` point the SDK at this machine. */
function defaultTarget(env: Env): TargetKind {
  const pinnedLocal = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${env.E2B_API_URL ?? ""}/`);
  return (env.E2B_API_KEY ?? "") !== "" && !pinnedLocal ? "cloud" : "local";
}

function recordUrl({ E2B_SWARM_RECORD: url = "" }: Env): string | null {
  if (url === "") return null;
  if (/^postgres(ql)?:\/\//.test(url)) return url;
  throw new SwarmError("usage.invalid", "Cannot use E2B_SWARM_RECORD: it does not begin with postgres://", {
    hint: "Unset E2B_SWARM_RECORD for a record in this folder, or give it postgres://user:password@host:port/database",
    details: { field: "E2B_SWARM_RECORD" },
  });
}

function portOf(env: Env, name: string): number {
  const value = decimal(env, name, 0);
  if (Number.isInteger(value) && value <= 65_535) return value;
  throw notANumber(name, "a port from 1 to 65535, or 0 for any free one");
}
