// A node:http server that speaks Request and Response: what fails inside is logged and answered 500, and a caller that hangs up
// is told to whoever answers.
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { Log } from "../../../host/log.ts";
import { headOf, sendResponse } from "./node-web.ts";
import { refuse } from "./refusals.ts";

/** `incoming` still holds the body. Null: it writes to `outgoing` by itself, and goes on doing so. */
export type Answer = (
  request: Request,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => Promise<Response | null>;

export interface NodeServer {
  readonly server: HttpServer;
  /** No new connections; open ones are ended. */
  readonly close: () => Promise<void>;
}

/** Not listening yet. `place` completes the sentence "a request failed inside the …". */
export function nodeServer(answer: Answer, log: Log, place: string): NodeServer {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, answer).catch((thrown: unknown) => {
      log.write("error", `a request failed inside the ${place}`, { reason: String(thrown) });
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): Promise<void> {
  const hungUp = new AbortController();
  outgoing.once("close", () => hungUp.abort());
  const request = headOf(incoming, hungUp.signal);
  const response =
    request === null ? refuse(400, -32_600, "Invalid request target") : await answer(request, incoming, outgoing);
  if (response === null) return;
  // A body that was not read to its end would be taken for the next request.
  if (!incoming.complete && incoming.method === "POST") outgoing.shouldKeepAlive = false;
  await sendResponse(response, outgoing);
}
