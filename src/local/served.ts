// A request and its answer as every handler sees them, whether HTTP/1.1 or HTTP/2 carried them, in plain text or over TLS.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Http2Stream } from "node:http2";
import type { Readable, Writable } from "node:stream";

/** Error code of RFC 9113; importing node:http2 for it would cost plain servers its load time. */
const internalError = 2;

export interface ServedRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Lower-case names. `host` is set on HTTP/2 too, see `nameHost`. */
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string | string[]>;
  readonly socket: object;
}

export interface ServedResponse extends Writable {
  readonly headersSent: boolean;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  getHeader(name: string): number | string | string[] | undefined;
  writeHead(status: number, headers?: OutgoingHttpHeaders): { end(): unknown };
  /** HTTP/1.1 only: HTTP/2 sends the head at once. */
  flushHeaders?(): void;
  addTrailers(trailers: OutgoingHttpHeaders): void;
  /** HTTP/2 only. */
  readonly stream?: Http2Stream;
}

/** HTTP/2 names the host in a pseudo-header. False when both are there and differ, which nobody honest sends. */
export function nameHost(request: ServedRequest): boolean {
  const authority = request.headers[":authority"];
  if (typeof authority !== "string") return true;
  const { host } = request.headers;
  request.headers.host = authority;
  return host === undefined || host.toLowerCase() === authority.toLowerCase();
}

/** Scheme and host as the client used them, for links in answers. */
export function originOf(request: ServedRequest): string {
  const isSecure = "encrypted" in request.socket || request.headers[":scheme"] === "https";
  return `${isSecure ? "https" : "http"}://${request.headers.host ?? ""}`;
}

/**
 * Breaks an answer off as a dead server would. On HTTP/2 only INTERNAL_ERROR reads as broken: clients take CANCEL for a
 * clean end of the stream.
 */
export function breakOff(response: ServedResponse): void {
  if (response.stream === undefined) response.destroy();
  else response.stream.close(internalError);
}
