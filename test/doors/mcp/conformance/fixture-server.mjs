// The conformance fixtures behind our own HTTP transport: the gate, the sessions, the event log and the routing of both eras
// are the built ones. Prints its address as one JSON line; ends when its stdin does.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequestStateCodec, McpServer } from "@modelcontextprotocol/server";
import { openEndpoint } from "../../../../dist/src/doors/mcp/http/endpoint.js";
import { openGate } from "../../../../dist/src/doors/mcp/http/gate.js";
import { guardedNames, listen } from "../../../../dist/src/doors/mcp/http/listen.js";
import { openSessionStore } from "../../../../dist/src/doors/mcp/http/session-store.js";
import { realClock as clock } from "../../../../dist/src/host/clock.js";
import { silentLog as log } from "../../../../dist/src/host/log.js";
import { systemRandom as random } from "../../../../dist/src/host/random.js";
import { addFixtures } from "./add-fixtures.mjs";

const host = "127.0.0.1";
const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-fixtures-"));
const store = openSessionStore(folder, clock, random);
const codec = createRequestStateCodec({ key: store.key });
const build = () => {
  const server = new McpServer(
    { name: "e2b-swarm-fixtures", version: "1" },
    {
      requestState: { verify: (state, context) => codec.verify(state, context) },
      capabilities: { tools: {}, prompts: {} },
    },
  );
  addFixtures(server, codec);
  return server;
};
const endpoint = openEndpoint({ store, build, clock, random, log });
const gate = openGate({ hostnames: guardedNames(host, [], false), tokens: null });
const server = await listen({ host, port: 0, gate, upstream: endpoint.upstream, log });
const ended = new Promise((resolve) => {
  process.stdin.resume().once("end", resolve);
  process.once("SIGTERM", resolve);
});
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
await ended;
await endpoint.close();
await server.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
