// Words and numbers of the environment. An empty variable is one that is not set; anything else that does not fit is named.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Env } from "../host/env.ts";

export function word<const Word extends string>(env: Env, name: string, words: readonly Word[]): Word | null {
  const value = env[name];
  if (value === undefined || value === "") return null;
  const found = words.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new SwarmError("usage.invalid", `Cannot use ${name}: it is "${value}" but must be one of ${words.join(", ")}`, {
    hint: `Unset ${name} or give it one of these words`,
    details: { field: name },
  });
}

/** A number of at least 0. */
export function decimal(env: Env, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw notANumber(name, "a number of at least 0");
}

/** A whole number from `least` to `most`. */
export function whole(env: Env, name: string, fallback: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = decimal(env, name, fallback);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw notANumber(name, `a whole number ${range}`);
}

export function notANumber(name: string, wanted: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot use ${name}: it must be ${wanted}`, {
    hint: `Unset ${name} or give it ${wanted}`,
    details: { field: name },
  });
}
