// The worker's end of the socket that only the front can open: its folder is readable by nobody else, so what comes in has passed
// the gate and is taken as it is.
import type { AuthInfo } from "@modelcontextprotocol/server";
import { isRecord } from "../../../contracts/json.ts";
import type { Log } from "../../../host/log.ts";
import type { Admitted } from "./gate.ts";
import type { Upstream } from "./listen.ts";
import { nodeServer, type Answer } from "./node-server.ts";
import { readBody } from "./node-web.ts";

/** Carries what the gate found out about the token. */
export const accessHeader = "x-e2b-swarm-access";

/** The front bounds bodies; re-encoding them as JSON makes none six times longer. */
const maxBodyBytes = 6 * 4 * 1024 * 1024;

/** Resolves once it listens; what it returns closes it and its connections. */
export async function listenOnSocket(path: string, upstream: Upstream, log: Log): Promise<() => Promise<void>> {
  const answer: Answer = async (request, incoming) => {
    const text = incoming.method === "POST" ? await readBody(incoming, maxBodyBytes) : "";
    return upstream(request, admittedOf(text ?? "", request.headers.get(accessHeader)));
  };
  const { server, close } = nodeServer(answer, log, "worker");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return close;
}

function admittedOf(text: string, access: string | null): Admitted {
  const message: unknown = text === "" ? null : JSON.parse(text);
  const authInfo: unknown = access === null ? null : JSON.parse(access);
  return { message: isRecord(message) ? message : null, authInfo: isAuthInfo(authInfo) ? authInfo : null };
}

function isAuthInfo(value: unknown): value is AuthInfo {
  return isRecord(value) && typeof value.clientId === "string" && Array.isArray(value.scopes);
}
