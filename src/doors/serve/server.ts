// The long-running server over one record: health, metrics, the API, events, the dashboard. Every request passes the same door
// (name, page, token, scope, pace), is counted, and is written into the audit log when it is refused or changes something.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Observatory } from "../../backend/live/observatory.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { Random } from "../../host/random.ts";
import type { DoorBackend } from "../door-backend.ts";
import type { AccessTokens } from "../mcp/http/access-tokens.ts";
import { guardedNames, listenHttp } from "../mcp/http/listen.ts";
import { openAccess, type Access, type Admission, type Refusal } from "./access.ts";
import { failed, problem } from "./answers.ts";
import type { Audit } from "./audit.ts";
import { openBoards, type Boards } from "./boards.ts";
import { handle } from "./handle.ts";
import { openHub, type Hub } from "./hub.ts";
import { openLiveView, type LiveView } from "./live-view.ts";
import type { ServerFigures } from "./metrics.ts";
import { findRoute, type Found } from "./routes.ts";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Further names by which this server may be addressed. */
  readonly names: readonly string[];
  readonly tokens: AccessTokens | null;
  /** The only swarm that is shown; null for all. */
  readonly only: string | null;
  /** Requests a client may make a minute. */
  readonly perMinute: number;
}

export interface ServeWorld {
  readonly backend: DoorBackend;
  readonly observatory: Observatory;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What answers of one server share. */
export interface Serving extends ServeWorld {
  readonly only: string | null;
  readonly access: Access;
  readonly boards: Boards;
  readonly hub: Hub;
  readonly view: LiveView;
  readonly figures: ServerFigures;
}

export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly address: string;
  readonly found: Found;
  readonly admission: Admission;
}

/** Resolves once it listens. Throws `server.unguarded`, `server.port`, and what opening the record throws. */
export async function openServe(
  options: ServeOptions,
  world: ServeWorld,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const { clock, log, observatory } = world;
  const { host, port, names, only, tokens } = options;
  const hostnames = guardedNames(host, names, tokens !== null);
  const boards = openBoards(observatory, clock, only);
  const view: LiveView = openLiveView({ boards, clock, log, say: (swarmId, data) => hub.say(swarmId, "view", data) });
  const hub: Hub = await openHub({ observatory, clock, log, only, changed: view.changed });
  const requests: Map<string, { route: string; status: number; count: number }> = new Map();
  const figures = {
    requests,
    get viewers() {
      return hub.viewers();
    },
  };
  const access = openAccess({ hostnames, tokens, clock, random: world.random, perMinute: options.perMinute });
  const serving: Serving = { ...world, only, access, boards, hub, view, figures };
  const count = (route: string, status: number): void => {
    const key = `${route} ${status}`;
    const row = requests.get(key) ?? { route, status, count: 0 };
    row.count += 1;
    requests.set(key, row);
  };
  const end = async (): Promise<void> => {
    view.close();
    await hub.close();
  };
  try {
    const { origin, close } = await listenHttp({
      host,
      port,
      log,
      async answer(request, incoming, outgoing) {
        const { route, response } = await respond(serving, request, incoming, outgoing);
        count(route, response?.status ?? 200);
        return response;
      },
    });
    return {
      origin,
      async close() {
        await end();
        await close();
      },
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

interface Responded {
  readonly route: string;
  readonly response: Response | null;
}

async function respond(
  serving: Serving,
  request: Request,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Responded> {
  const url = new URL(request.url);
  const address = incoming.socket.remoteAddress ?? "unknown";
  const found = findRoute(request.method, url.pathname);
  const route = found === null || found === "method" ? "none" : found.route.name;
  try {
    // What is not served is told to nobody who may not come in.
    const needs = found === null || found === "method" ? "read" : found.route.needs;
    // A token in the address of the page is no request yet: it is exchanged first.
    const isEntering = route === "dashboard" && url.searchParams.has("token");
    const admission = await serving.access.admit(request, address, isEntering ? null : needs);
    if ("why" in admission) return { route, response: await refuse(serving, admission, request, url) };
    if (found === null) return { route, response: problem(404, "not-found", "Nothing is served here") };
    if (found === "method") return { route, response: problem(405, "method", "This address takes another method") };
    const response = await handle(serving, { request, url, incoming, outgoing, address, found, admission });
    if (response === null || !("why" in response)) return { route, response };
    return { route, response: await refuse(serving, response, request, url) };
  } catch (thrown) {
    serving.log.write("warn", "a request failed", { route, reason: SwarmError.from(thrown).message });
    return { route, response: failed(thrown) };
  }
}

/** Written down first. Of a row of refusals for pace only the first is. */
async function refuse(serving: Serving, refusal: Refusal, request: Request, url: URL): Promise<Response> {
  const { status, why, who } = refusal;
  if (refusal.repeated !== true) {
    const what = `${request.method} ${url.pathname}`;
    await serving.audit.write({ who, what, outcome: `${status} ${why}` });
  }
  const isPage = request.method === "GET" && (url.pathname === "/" || url.pathname === "/login");
  if (status === 401 && isPage) {
    return problem(303, "auth.missing", why, { location: "/login" });
  }
  const more: Record<string, string> = {};
  if (status === 401) more["www-authenticate"] = 'Bearer realm="e2b-swarm"';
  if (status === 429) more["retry-after"] = "5";
  return problem(status, status === 401 ? "auth.missing" : status === 429 ? "rate-limited" : "refused", why, more);
}
