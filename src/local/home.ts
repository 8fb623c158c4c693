// Where the local server of this user keeps its records: one folder, a few files.
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Env } from "../host/env.ts";

export interface LocalHome {
  readonly folder: string;
  /** Url, key, pid of the running server; mode 0600. */
  readonly serverFile: string;
  /** Held while somebody starts a server. */
  readonly lockFile: string;
  /** Held by the server itself for as long as it lives, whatever becomes of server.json. */
  readonly aliveFile: string;
  /** What the last server said, kept after its end; its tail goes into `local.start` errors. */
  readonly logFile: string;
  /** Sandboxes of the running server, see journal.ts. Still there when one starts: its predecessor was killed. */
  readonly sandboxesFile: string;
  /** Certificates, kept for whoever already trusts them. */
  readonly tlsFolder: string;
}

/** E2B_SWARM_HOME, else $XDG_STATE_HOME/e2b-swarm, else ~/.local/state/e2b-swarm. */
export function localHome(env: Env): LocalHome {
  const folder = pick(env);
  return {
    folder,
    serverFile: join(folder, "server.json"),
    lockFile: join(folder, "start.lock"),
    aliveFile: join(folder, "server.lock"),
    logFile: join(folder, "server.log"),
    tlsFolder: join(folder, "tls"),
    sandboxesFile: join(folder, "sandboxes.journal"),
  };
}

function pick(env: Env): string {
  const { E2B_SWARM_HOME: own, XDG_STATE_HOME: state } = env;
  if (own !== undefined && own !== "") return resolve(own);
  // The XDG rules say that a relative path is to be ignored.
  if (state !== undefined && isAbsolute(state)) return join(state, "e2b-swarm");
  return join(env.HOME ?? homedir(), ".local/state/e2b-swarm");
}
