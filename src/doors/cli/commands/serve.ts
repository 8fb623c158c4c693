// `serve`: health, metrics, events and the dashboard over this folder's live swarms, until a signal comes.
import { SwarmError } from "../../../contracts/swarm-error.ts";
import { alignedPairs } from "../aligned-table.ts";
import type { CommandSpec, Values } from "../command-spec.ts";
import { asNames, asNumber } from "../readers.ts";
import type { ServeAddress } from "../world.ts";

/** A page with its files and its stream is four requests; two hundred may come within a minute. */
const defaultPerMinute = 1_200;

export const serveCommand: CommandSpec = {
  name: "serve",
  group: "Server",
  summary: "Serve dashboard, events, metrics and health of the live swarms",
  operands: [],
  options: [
    { flags: "--port <number>", key: "port", text: "0 for any free one (default: 0)", read: asNumber },
    {
      flags: "--host <address>",
      key: "host",
      text: "address; beyond this machine only with tokens (default: 127.0.0.1)",
    },
    {
      flags: "--allow-host <name>",
      key: "names",
      text: "another name clients may use for this server, repeatable",
      read: asNames,
    },
    { flags: "--tokens <file>", key: "tokens", text: "JSON file with the sha256, scopes and end of each access token" },
    { flags: "--swarm <id>", key: "swarm", text: "show this swarm alone" },
    {
      flags: "--rate <number>",
      key: "rate",
      text: `requests a client may make a minute (default: ${defaultPerMinute})`,
      read: asNumber,
    },
    { flags: "--verify-audit", key: "verifyAudit", text: "check the audit log of this folder instead of serving" },
  ],
  examples: [
    "e2b-swarm serve --port 8080",
    "E2B_SWARM_MCP_TOKEN=<32 characters or more> e2b-swarm serve --host 0.0.0.0 --allow-host swarm.example",
    "e2b-swarm serve --verify-audit",
  ],
  async run(values, session) {
    if (values.verifyAudit === true) {
      const { lines, torn, head } = await session.verifyAudit();
      const pairs = [
        ["lines", lines],
        ["torn", torn],
        ["head", head === "" ? "none" : head],
      ] as const;
      return { data: { holds: true, lines, torn, head }, text: alignedPairs(pairs) };
    }
    return { data: null, text: "", exitCode: await session.serve(addressOf(values)), silent: true };
  },
};

function addressOf(values: Values): ServeAddress {
  const { host = "127.0.0.1", port = 0, names = [], tokens, swarm, rate = defaultPerMinute } = values;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw refused("port", "as --port: it must be a whole number from 0 to 65535");
  }
  if (typeof rate !== "number" || !Number.isInteger(rate) || rate < 1 || rate > 1_000_000) {
    throw refused("rate", "as --rate: it must be a whole number from 1 to 1000000");
  }
  if (swarm !== undefined && (typeof swarm !== "string" || !/^swarm_[0-9a-z]{16}$/.test(swarm))) {
    throw refused("swarm", "as --swarm: it is no id of a live swarm");
  }
  return {
    host: String(host),
    port,
    names: Array.isArray(names) ? names.map(String) : [],
    only: swarm ?? null,
    perMinute: rate,
    ...(typeof tokens === "string" ? { tokensFile: tokens } : {}),
  };
}

function refused(field: string, how: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot use ${field} ${how}`, {
    hint: "Run `e2b-swarm serve --help` to see what is accepted",
    details: { field },
  });
}
