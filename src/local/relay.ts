// One exchange between a client and a server inside a sandbox. Bodies are piped both ways, never collected; a sandbox that
// dies in the middle looks like a broken connection, because that is what the SDK recognises.
import type { ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Readable, Writable } from "node:stream";
import { labelHeader } from "./limits.ts";
import { breakOff, type ServedRequest, type ServedResponse } from "./served.ts";

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** `onFailure` answers when nothing was answered yet. */
export function relay(
  request: ServedRequest,
  response: ServedResponse,
  outgoing: ClientRequest,
  onFailure: () => void,
): void {
  outgoing.on("response", (incoming) => {
    incoming.on("error", () => breakOff(response));
    incoming.on("aborted", () => breakOff(response));
    const label = response.getHeader(labelHeader);
    response.writeHead(incoming.statusCode ?? 502, {
      ...passed(incoming.headers),
      ...(label === undefined ? {} : { [labelHeader]: label }),
    });
    response.flushHeaders?.();
    pump(incoming, response);
  });
  outgoing.on("error", () => {
    // What the client still sends has no reader any more; left unread it would wedge the connection.
    request.unpipe(outgoing);
    request.resume();
    if (response.headersSent) breakOff(response);
    else onFailure();
  });
  // The client went away: the service learns it too.
  response.once("close", () => outgoing.destroy());
  request.on("error", () => outgoing.destroy());
  pump(request, outgoing);
}

/** Headers that concern the whole way, not this connection. */
export function passed(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? "").toLowerCase().split(/[\s,]+/));
  const isPassed = (name: string): boolean =>
    !hopByHop.has(name) && !named.has(name) && !name.startsWith(":") && name !== labelHeader;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isPassed(name)));
}

type Trailed = Readable & Pick<ServedRequest, "trailers">;

function pump(from: Trailed, to: Writable & { addTrailers(trailers: OutgoingHttpHeaders): void }): void {
  from.pipe(to, { end: false });
  from.once("end", () => {
    if (Object.keys(from.trailers).length > 0) to.addTrailers(from.trailers);
    to.end();
  });
}
