// Where a data source is. A variable of the environment may name another place, for instance one on this machine; a key never
// travels there in clear.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Env } from "../host/env.ts";

/** The variable's address or `standard`, without a slash at its end. Throws `usage.invalid`. */
export function feedAddress(env: Env, variable: string, standard: string): string {
  const text = (env[variable] ?? "") === "" ? standard : (env[variable] ?? "");
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  const plain = url !== null && url.search === "" && url.hash === "" && url.username === "";
  if (plain && (url.protocol === "https:" || (url.protocol === "http:" && loopback))) return text.replace(/\/+$/, "");
  throw new SwarmError("usage.invalid", `Cannot use ${variable}: it is no https address, nor http on this machine`, {
    hint: `Unset ${variable}, or give it https://host/path`,
    details: { field: variable },
  });
}
