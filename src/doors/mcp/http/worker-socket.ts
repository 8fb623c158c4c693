// The worker's end of the socket that only the front can open: its folder is readable by nobody else, so what comes in has passed
// the gate and is taken as it is.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AuthInfo } from "@modelcontextprotocol/server";
import { isRecord } from "../../../contracts/json.ts";
import type { Log } from "../../../host/log.ts";
import type { Admitted } from "./gate.ts";
import type { Upstream } from "./listen.ts";
import { headOf, readBody, sendResponse } from "./node-web.ts";
import { refuse } from "./refusals.ts";

/** Carries what the gate found out about the token. */
export const accessHeader = "x-e2b-swarm-access";

/** The front bounds bodies; re-encoding them as JSON makes none six times longer. */
const maxBodyBytes = 6 * 4 * 1024 * 1024;

/** Resolves once it listens; what it returns closes it and its connections. */
export function listenOnSocket(path: string, upstream: Upstream, log: Log): Promise<() => Promise<void>> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, upstream).catch((thrown: unknown) => {
      log.write("error", "a request failed inside the worker", { reason: String(thrown) });
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve(close));
  });
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, upstream: Upstream): Promise<void> {
  const hungUp = new AbortController();
  outgoing.once("close", () => hungUp.abort());
  const request = headOf(incoming, hungUp.signal);
  if (request === null) return sendResponse(refuse(400, -32_600, "Invalid request target"), outgoing);
  const text = incoming.method === "POST" ? await readBody(incoming, maxBodyBytes) : "";
  await sendResponse(await upstream(request, admittedOf(text ?? "", request.headers.get(accessHeader))), outgoing);
}

function admittedOf(text: string, access: string | null): Admitted {
  const message: unknown = text === "" ? null : JSON.parse(text);
  const authInfo: unknown = access === null ? null : JSON.parse(access);
  return { message: isRecord(message) ? message : null, authInfo: isAuthInfo(authInfo) ? authInfo : null };
}

function isAuthInfo(value: unknown): value is AuthInfo {
  return isRecord(value) && typeof value.clientId === "string" && Array.isArray(value.scopes);
}
