// One session's connection: the SDK's transport with its event log, begun by a client or taken up from what was written down.
import { AsyncLocalStorage } from "node:async_hooks";
import { WebStandardStreamableHTTPServerTransport, type RequestId, type Server } from "@modelcontextprotocol/server";
import { makeId } from "../../../host/ids.ts";
import type { Random } from "../../../host/random.ts";
import { isRecord } from "../../../contracts/json.ts";
import { withDistinctIds } from "../distinct-ids.ts";
import { interruptedAnswer } from "../front/interrupted.ts";
import { openEventLog, type EventLog } from "./event-log.ts";
import type { SessionStore } from "./session-store.ts";

export interface SessionTransport {
  readonly events: EventLog;
  /** True while a request of the client runs, whether or not anything was sent for it yet. */
  isBusy(): boolean;
  /** `about` is the id of the request in `body`, if it is one. */
  handle(request: Request, about: RequestId | undefined, body: HandleBody): Promise<Response>;
  close(): Promise<void>;
}

type HandleBody = Parameters<WebStandardStreamableHTTPServerTransport["handleRequest"]>[1];

export interface TransportOptions {
  readonly store: SessionStore;
  readonly build: () => Server;
  readonly random: Random;
  readonly id: string;
  readonly name: string;
  /** Called when the client ended the session. */
  readonly ended: () => void;
}

/** How soon a client whose stream broke should come back, ms. */
const retryMs = 500;

export async function openTransport(options: TransportOptions): Promise<SessionTransport> {
  const { store, id, name, ended } = options;
  const posting = new AsyncLocalStorage<RequestId | undefined>();
  const events = openEventLog({ path: store.eventsPath(name), request: () => posting.getStore() });
  const running = new Set<RequestId>();
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => id,
    eventStore: {
      ...events,
      storeEvent(stream, message) {
        // Every answer passes here before it goes out.
        if (!("method" in message) && "id" in message && message.id !== undefined) running.delete(message.id);
        return events.storeEvent(stream, message);
      },
    },
    retryInterval: retryMs,
    onsessionclosed: ended,
  });
  await options.build().connect(withDistinctIds(transport, makeId("life", options.random)));
  return {
    events,
    isBusy: () => running.size > 0,
    async handle(request, about, body) {
      if (about !== undefined) running.add(about);
      const cancelled = cancelledBy(body?.parsedBody);
      if (cancelled !== undefined) running.delete(cancelled);
      const response = await posting.run(about, () => transport.handleRequest(request, body));
      if (about !== undefined && !response.ok) running.delete(about);
      return response;
    },
    close: () => transport.close(),
  };
}

/** Takes a session up that an earlier process began with `initialize`; what that one owed is answered with an error. */
export async function takeUp(
  options: TransportOptions,
  initialize: Readonly<Record<string, unknown>>,
): Promise<SessionTransport> {
  const { id, name } = options;
  const opened = await openTransport(options);
  const owed = opened.events.unfinished();
  const hello = { jsonrpc: "2.0", id: `taken-up-${name}`, method: "initialize", params: initialize };
  for (const parsedBody of [hello, { jsonrpc: "2.0", method: "notifications/initialized" }]) {
    const response = await opened.handle(postOf(id), undefined, { parsedBody });
    await response.text();
  }
  for (const { stream, request } of owed) {
    await opened.events.storeEvent(stream, interruptedAnswer(request));
  }
  return opened;
}

/** A request that the client takes back is not answered. */
function cancelledBy(message: unknown): RequestId | undefined {
  if (!isRecord(message) || message.method !== "notifications/cancelled" || !isRecord(message.params)) return undefined;
  const { requestId } = message.params;
  return typeof requestId === "string" || typeof requestId === "number" ? requestId : undefined;
}

function postOf(id: string): Request {
  const accept = "application/json, text/event-stream";
  const headers = { "mcp-session-id": id, accept, "content-type": "application/json" };
  return new Request("http://localhost/mcp", { method: "POST", headers });
}
