// The HTTP server in this process, on loopback and a folder of its own, before a recording backend.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport, type ClientCapabilities } from "@modelcontextprotocol/client";
import { buildServer } from "../../../../src/doors/mcp/build-server.ts";
import { openAccessTokens, type TokenSources } from "../../../../src/doors/mcp/http/access-tokens.ts";
import { openEndpoint } from "../../../../src/doors/mcp/http/endpoint.ts";
import { openGate } from "../../../../src/doors/mcp/http/gate.ts";
import { guardedNames, listen } from "../../../../src/doors/mcp/http/listen.ts";
import { openSessionStore } from "../../../../src/doors/mcp/http/session-store.ts";
import { mcpFolder } from "../../../../src/doors/mcp/mcp-folder.ts";
import { openCore } from "../../../../src/doors/mcp/open-core.ts";
import { realClock, type Clock } from "../../../../src/host/clock.ts";
import { silentLog } from "../../../../src/host/log.ts";
import { systemRandom } from "../../../../src/host/random.ts";
import { recordingBackend, type RecordingBackend } from "../../recording-backend.ts";

export interface HttpServer {
  readonly url: string;
  readonly backend: RecordingBackend;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface HttpParts {
  readonly backend?: RecordingBackend;
  readonly tokens?: TokenSources;
  /** A folder that an earlier server used, to play a restart. */
  readonly folder?: string;
  readonly maxBodyBytes?: number;
  readonly clock?: Clock;
}

const folders: string[] = [];
const servers: HttpServer[] = [];

export async function startHttp(parts: HttpParts = {}): Promise<HttpServer> {
  const { backend = recordingBackend(), tokens: sources = {}, maxBodyBytes, clock = realClock } = parts;
  const folder = parts.folder ?? mkdtempSync(join(tmpdir(), "e2b-swarm-mcp-test-"));
  folders.push(folder);
  const store = openSessionStore(mcpFolder(folder), clock, systemRandom);
  const core = openCore({ folder, key: store.key, clock, log: silentLog, openBackend: () => backend.open({}) });
  const tokens = openAccessTokens(sources, realClock);
  const endpoint = openEndpoint({
    store,
    build: () => buildServer(core),
    clock,
    random: systemRandom,
    log: silentLog,
  });
  const listening = await listen({
    host: "127.0.0.1",
    port: 0,
    gate: openGate({ hostnames: guardedNames("127.0.0.1", [], tokens !== null), tokens }),
    upstream: endpoint.upstream,
    log: silentLog,
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  });
  const server: HttpServer = {
    url: listening.url,
    backend,
    folder,
    async stop() {
      await core.calls.end();
      await endpoint.close();
      await listening.close();
    },
  };
  servers.push(server);
  return server;
}

/** Ends every server of the test and removes what they wrote. */
export async function stopAll(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export interface ClientParts {
  readonly era?: "legacy" | "modern";
  readonly token?: string;
  readonly capabilities?: ClientCapabilities;
  /** Sets handlers before the client connects. */
  readonly prepare?: (client: Client) => void;
}

export async function httpClient(url: string, { era = "legacy", token, capabilities = {}, prepare }: ClientParts = {}) {
  const options = era === "modern" ? { versionNegotiation: { mode: "auto" as const } } : {};
  const client = new Client({ name: "test", version: "1" }, { capabilities, ...options });
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  prepare?.(client);
  await client.connect(transport);
  return { client, transport };
}

const posted = { accept: "application/json, text/event-stream", "content-type": "application/json" };

/** One raw POST; the first JSON document of the answer, whether plain or in an event. */
export async function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(url, { method: "POST", headers: { ...posted, ...headers }, body });
  const text = await response.text();
  const data = text.split("\n").find((line) => line.startsWith("data: {"));
  const json: unknown = text === "" ? null : parse(data === undefined ? text : data.slice("data: ".length));
  return { status: response.status, headers: response.headers, json };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const hello = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
});
