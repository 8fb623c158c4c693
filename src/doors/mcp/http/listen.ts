// One node:http server in front of an upstream: the gate first, then the message, then whatever the upstream answers. It binds
// this machine alone unless tokens are asked for.
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { isIP } from "node:net";
import { localhostAllowedHostnames } from "@modelcontextprotocol/server";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { Log } from "../../../host/log.ts";
import { endpointPath, type Admitted, type Gate } from "./gate.ts";
import { nodeServer, type Answer } from "./node-server.ts";
import { readBody } from "./node-web.ts";
import { refuse } from "./refusals.ts";

export type Upstream = (request: Request, admitted: Admitted) => Promise<Response>;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly gate: Gate;
  readonly upstream: Upstream;
  readonly log: Log;
  readonly maxBodyBytes?: number;
}

export interface Listening {
  readonly url: string;
  /** No new connections; open ones are ended. */
  readonly close: () => Promise<void>;
}

/** Longest accepted body, the same as a line on stdio. */
const defaultMaxBodyBytes = 4 * 1024 * 1024;
const maxConnections = 1_000;
/** How long a head and a body may take to arrive, ms. */
const arriveWithinMs = 30_000;

const loopbackNames = new Set(["localhost", "127.0.0.1", "::1"]);

/** The names by which a server on `host` may be addressed. Throws `server.unguarded` beyond loopback without tokens. */
export function guardedNames(host: string, more: readonly string[], hasTokens: boolean): readonly string[] {
  const local = localhostAllowedHostnames();
  if (loopbackNames.has(host)) return [...local, ...more];
  if (hasTokens) return [...local, isIP(host) === 6 ? `[${host}]` : host, ...more];
  throw new SwarmError(
    "server.unguarded",
    `Cannot listen on ${host}: it is not this machine alone and no token is set`,
    {
      hint: "Give --tokens <file> or E2B_SWARM_MCP_TOKEN, or leave --host out",
      details: { field: "host" },
    },
  );
}

/** The MCP endpoint. Resolves once it listens. Throws `server.port` when the address cannot be taken. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, log } = options;
  const { origin, close } = await listenHttp({
    host,
    port,
    log,
    answer: (request, incoming) => answer(request, incoming, options),
  });
  return { url: origin + endpointPath, close };
}

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Log;
  readonly answer: Answer;
}

/** Any HTTP server of ours. Resolves once it listens. Throws `server.port` when the address cannot be taken. */
export async function listenHttp(
  options: HttpOptions,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const { host, port, log } = options;
  const { server, close } = nodeServer(options.answer, log, "server");
  server.maxConnections = maxConnections;
  server.headersTimeout = arriveWithinMs;
  server.requestTimeout = arriveWithinMs;
  await bind(server, host, port);
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    origin: `http://${isIP(host) === 6 ? `[${host}]` : host}:${bound}`,
    close,
  };
}

function bind(server: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const reason = "code" in cause ? String(cause.code) : cause.message;
      reject(
        new SwarmError("server.port", `Cannot listen on ${host} port ${port}: ${reason}`, {
          hint: "Choose another with --port, or 0 for any free one",
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

async function answer(request: Request, incoming: IncomingMessage, options: ListenOptions): Promise<Response> {
  const { gate, upstream, maxBodyBytes = defaultMaxBodyBytes } = options;
  const entry = await gate.head(request);
  if (entry instanceof Response) return entry;
  const { authInfo } = entry;
  if (request.method !== "POST") return upstream(request, { message: null, authInfo });
  const text = await readBody(incoming, maxBodyBytes);
  if (text === null) return refuse(413, -32_000, `The body is larger than ${maxBodyBytes} bytes`);
  const admitted = gate.body(text, authInfo);
  return admitted instanceof Response ? admitted : upstream(request, admitted);
}
