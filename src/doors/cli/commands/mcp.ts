// `mcp`: serves the operations as MCP tools, on stdin and stdout until stdin closes, or over HTTP until a signal comes. On stdio
// stdout belongs to the protocol alone.
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { CommandSpec, Values } from "../command-spec.ts";
import { asNames, asNumber } from "../readers.ts";
import type { McpHttp } from "../world.ts";

const defaultPort = 8_931;

export const mcpCommand: CommandSpec = {
  name: "mcp",
  group: "Server",
  summary: "Serve the operations as MCP tools, on stdin and stdout or over HTTP",
  operands: [],
  options: [
    { flags: "--http", key: "http", text: "serve Streamable HTTP at /mcp instead of stdin and stdout" },
    {
      flags: "--port <number>",
      key: "port",
      text: `port of --http, 0 for any free one (default: ${defaultPort})`,
      read: asNumber,
    },
    {
      flags: "--host <address>",
      key: "host",
      text: "address of --http; beyond this machine only with tokens (default: 127.0.0.1)",
    },
    {
      flags: "--allow-host <name>",
      key: "names",
      text: "another name clients may use for this server, repeatable",
      read: asNames,
    },
    { flags: "--tokens <file>", key: "tokens", text: "JSON file with the sha256, scopes and end of each access token" },
  ],
  examples: [
    "e2b-swarm mcp --target local",
    "e2b-swarm mcp --http --port 8931",
    "E2B_SWARM_MCP_TOKEN=<32 characters or more> e2b-swarm mcp --http --host 0.0.0.0 --allow-host swarm.example",
  ],
  run: async (values, session) => ({
    data: null,
    text: "",
    exitCode: await session.serveMcp(httpOf(values)),
    silent: true,
  }),
};

function httpOf(values: Values): McpHttp | null {
  const { http, host = "127.0.0.1", port = defaultPort, names = [], tokens } = values;
  if (http !== true) {
    const given = ["host", "port", "names", "tokens"].filter((key) => values[key] !== undefined);
    if (given.length === 0) return null;
    throw refused(given[0] ?? "", "without --http: it belongs to HTTP");
  }
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw refused("port", "as --port: it must be a whole number from 0 to 65535");
  }
  const list = Array.isArray(names) ? names.map(String) : [];
  return { host: String(host), port, names: list, ...(typeof tokens === "string" ? { tokensFile: tokens } : {}) };
}

function refused(field: string, how: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot use ${field} ${how}`, {
    hint: "Run `e2b-swarm mcp --help` to see what is accepted",
    details: { field },
  });
}
