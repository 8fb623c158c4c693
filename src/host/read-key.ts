// Keys from the environment. Some have two names in use; two different values are nobody's intention.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Env } from "./env.ts";

/** The value under any of `names`. Throws `auth.missing` when none is set, `usage.invalid` when they differ. */
export function readKey(env: Env, service: string, names: readonly [string, ...string[]]): string {
  const values = new Set(names.map((name) => env[name]).filter((value) => value !== undefined && value !== ""));
  if (values.size > 1) {
    throw new SwarmError("usage.invalid", `${names.join(" and ")} are both set and differ`, {
      hint: "Unset one of them",
    });
  }
  const [value] = values;
  if (value !== undefined) return value;
  throw new SwarmError("auth.missing", `Cannot reach ${service}: ${names.join(" or ")} is not set`, {
    hint: `Set ${names[0]}`,
    details: { variable: names[0] },
  });
}
