// TLS on the front door: HTTP/2 for clients that speak it, HTTP/1.1 for the others, the same handlers behind both.
// Loaded only when a server is asked for TLS.
import type { Server as HttpServer } from "node:http";
import {
  createServer as createHttp2,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer as createTls } from "node:tls";
import type { TakeSecure } from "../front-door.ts";
import { limits } from "../limits.ts";
import type { Certificates } from "./certificates.ts";

export type OnRequest = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export function serveSecure(http: HttpServer, certificates: Certificates, onRequest: OnRequest): TakeSecure {
  const http2 = openHttp2(onRequest);
  const tls = createTls({
    key: certificates.key,
    cert: certificates.cert,
    ALPNProtocols: ["h2", "http/1.1"],
    minVersion: "TLSv1.2",
  });
  tls.on("secureConnection", (socket) => {
    const isHttp2 = socket.alpnProtocol === "h2";
    (isHttp2 ? http2 : http).emit("connection", socket);
  });
  // A client that does not trust our authority says so and leaves; that is its own affair.
  tls.on("tlsClientError", (_, socket) => socket.destroy());
  return (socket) => void tls.emit("connection", socket);
}

function openHttp2(onRequest: OnRequest): Http2Server {
  const server = createHttp2({
    maxSessionMemory: limits.sessionMemoryMb,
    settings: {
      maxConcurrentStreams: limits.streamsPerConnection,
      initialWindowSize: limits.streamWindowBytes,
      maxHeaderListSize: limits.headerBytes,
    },
  });
  server.on("session", (session) => {
    session.on("error", () => session.destroy());
    session.setLocalWindowSize(limits.connectionWindowBytes);
  });
  server.on("sessionError", () => undefined);
  server.on("request", onRequest);
  return server;
}
