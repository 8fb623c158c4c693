// Who a request acts as: the name in Basic authorization, looked up in the sandbox's own passwd file.
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Agent } from "./agent.ts";
import { rpcError } from "./rpc-error.ts";

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Home as seen inside. */
  readonly home: string;
}

const setpriv = "/usr/bin/setpriv";
const basicPattern = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i;

/** The user named by the request, or the default one. */
export function requestUser(agent: Agent, request: IncomingMessage): User {
  const match = basicPattern.exec(request.headers.authorization ?? "");
  const decoded = match?.[1] === undefined ? "" : Buffer.from(match[1], "base64").toString("utf8");
  const name = decoded.split(":", 1)[0] ?? "";
  return findUser(agent, name === "" ? agent.tenant.defaultUser : name);
}

/** Throws `unauthenticated` for an unknown name. With single ids only `user` can act. */
export function findUser(agent: Agent, name: string): User {
  const user = passwd(agent).find((entry) => entry.name === name);
  if (user === undefined) throw rpcError("unauthenticated", `invalid username: '${name}'`);
  if (agent.config.ids === "single" && user.name !== agent.tenant.defaultUser) {
    throw rpcError(
      "unimplemented",
      `this sandbox has one user id: it can act as '${agent.tenant.defaultUser}' only, not as '${name}'`,
    );
  }
  return user;
}

/** Ids to spawn with and to give files to; null where the sandbox has a single id. */
export function switchTo(agent: Agent, user: User): { readonly uid: number; readonly gid: number } | null {
  return agent.config.ids === "multi" ? { uid: user.uid, gid: user.gid } : null;
}

export interface Credentials {
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  /** Groups beside the first, which only setpriv can give. */
  readonly groups: readonly number[];
}

export function credentials(agent: Agent, user: User): Credentials {
  const ids = switchTo(agent, user);
  if (ids === null || user.uid === 0) return { ids, groups: [] };
  const member = table(agent, "group").filter(([, , , members = ""]) => members.split(",").includes(user.name));
  return { ids, groups: member.map((fields) => Number(fields[2])).filter((gid) => Number.isInteger(gid)) };
}

/** What to spawn, and with which ids, so that the command runs with all of the user's groups. */
export function actingAs(
  { ids, groups }: Credentials,
  cmd: string,
  args: readonly string[],
): { readonly cmd: string; readonly args: readonly string[]; readonly ids: Credentials["ids"] } {
  if (ids === null || groups.length === 0) return { cmd, args, ids };
  const all = [...new Set([ids.gid, ...groups])].join(",");
  const become = ["--reuid", String(ids.uid), "--regid", String(ids.gid), "--groups", all, "--inh-caps", "-all"];
  return { cmd: setpriv, args: [...become, "--", cmd, ...args], ids: null };
}

export function nameOfId(agent: Agent, file: "passwd" | "group", id: number): string {
  // With isolation none the one real id plays `user`.
  if (agent.config.rootPrefix !== "" && id === process.getuid?.()) return agent.tenant.defaultUser;
  const line = table(agent, file).find((fields) => fields[2] === String(id));
  return line?.[0] ?? String(id);
}

function passwd(agent: Agent): User[] {
  return table(agent, "passwd").map(([name = "", , uid, gid, , home = "/"]) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
  }));
}

function table(agent: Agent, file: "passwd" | "group"): string[][] {
  try {
    return readFileSync(`${agent.config.rootPrefix}/etc/${file}`, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(":"));
  } catch {
    return [];
  }
}
