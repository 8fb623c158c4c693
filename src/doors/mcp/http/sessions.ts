// Sessions of the 2025 revisions. One connection each while in use; when this process does not hold one that its id and its file
// prove, it is taken up again under the same id, so that clients survive a restart without noticing.
import { isInitializeRequest, type RequestId, type Server } from "@modelcontextprotocol/server";
import { isRecord } from "../../../contracts/json.ts";
import type { Clock } from "../../../host/clock.ts";
import type { Random } from "../../../host/random.ts";
import type { Admitted } from "./gate.ts";
import { refuse } from "./refusals.ts";
import { makeSessionId, sessionName } from "./session-ids.ts";
import type { SessionStore } from "./session-store.ts";
import { openTransport, takeUp, type SessionTransport, type TransportOptions } from "./session-transport.ts";

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly build: () => Server;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Sessions {
  handle(request: Request, admitted: Admitted): Promise<Response>;
  /** Ends the connections; the sessions themselves can be taken up again. */
  close(): Promise<void>;
}

interface Live {
  readonly transport: SessionTransport;
  lastUseMs: number;
}

/** Connections held at once; idle ones make room by themselves. */
const maxLive = 1_000;
/** A session without a request for this long, and without one running, gives its memory back. It stays on disk. */
const idleMs = 30 * 60_000;
const sweepMs = 60_000;

export function openSessions(options: SessionsOptions): Sessions {
  const { store, clock, random } = options;
  const live = new Map<string, Live>();
  const coming = new Map<string, Promise<Live>>();
  const cancelSweep = clock.every(sweepMs, () => releaseIdle(live, clock.nowMs()), { unref: true });

  const hold = (name: string, transport: SessionTransport): Live => {
    const held: Live = { transport, lastUseMs: clock.nowMs() };
    live.set(name, held);
    return held;
  };
  const optionsOf = (id: string, name: string): TransportOptions => {
    const ended = (): void => {
      live.delete(name);
      store.end(name);
    };
    return { ...options, id, name, ended };
  };
  const find = async (id: string, subject: string): Promise<Live | null> => {
    const name = sessionName(store.key, subject, id);
    if (name === null) return null;
    const initialize = live.has(name) || coming.has(name) ? null : store.find(name);
    if (initialize !== null) {
      const arriving = takeUp(optionsOf(id, name), initialize).then((transport) => hold(name, transport));
      coming.set(name, arriving);
      arriving.finally(() => coming.delete(name)).catch(() => undefined);
    }
    return live.get(name) ?? coming.get(name) ?? null;
  };
  const begin = async (request: Request, admitted: Admitted): Promise<Response> => {
    const id = makeSessionId(store.key, subjectOf(admitted), random);
    const [name = ""] = id.split(".");
    const params = admitted.message?.params;
    if (live.size >= maxLive || !store.begin(name, isRecord(params) ? params : {})) {
      return refuse(503, -32_000, "Too many sessions; end those that are no longer used", idOf(admitted) ?? null);
    }
    const opening = optionsOf(id, name);
    const { transport } = hold(name, await openTransport(opening));
    const response = await transport.handle(request, idOf(admitted), bodyOf(admitted));
    if (response.ok) return response;
    // Nobody was told its id.
    opening.ended();
    await transport.close();
    return response;
  };

  return {
    async handle(request, admitted) {
      const id = request.headers.get("mcp-session-id");
      const about = idOf(admitted);
      if (id === null && isInitializeRequest(admitted.message)) return begin(request, admitted);
      if (id === null) return refuse(400, -32_000, "Bad Request: Mcp-Session-Id header is required", about ?? null);
      const session = await find(id, subjectOf(admitted));
      if (session === null) return refuse(404, -32_001, "Session not found", about ?? null);
      session.lastUseMs = clock.nowMs();
      return session.transport.handle(request, about, bodyOf(admitted));
    },
    async close() {
      cancelSweep();
      await Promise.allSettled([...live.values()].map(({ transport }) => transport.close()));
    },
  };
}

function bodyOf({ message, authInfo }: Admitted): Parameters<SessionTransport["handle"]>[2] {
  return { ...(message === null ? {} : { parsedBody: message }), ...(authInfo === null ? {} : { authInfo }) };
}

function subjectOf({ authInfo }: Admitted): string {
  return authInfo?.clientId ?? "";
}

function idOf({ message }: Admitted): RequestId | undefined {
  const id = message !== null && "method" in message ? message.id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}

function releaseIdle(live: Map<string, Live>, nowMs: number): void {
  for (const [name, session] of live) {
    if (nowMs - session.lastUseMs < idleMs || session.transport.isBusy()) continue;
    live.delete(name);
    session.transport.close().catch(() => undefined);
  }
}
