// One operation called through each door with the same input: what went in, and what came back in library names.
import { Client } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { OperationRow } from "../../src/backend/operations/table.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { jsonSchema } from "../../src/contracts/parse.ts";
import type { CommandSpec, OptionSpec } from "../../src/doors/cli/command-spec.ts";
import { commandSpecs } from "../../src/doors/cli/commands/command-specs.ts";
import { toWire } from "../../src/doors/wire-names.ts";
import { document, drive } from "./cli/drive.ts";
import { connect } from "./mcp/connect.ts";
import { httpClient, startHttp } from "./mcp/http/connect.ts";
import type { RecordingBackend } from "./recording-backend.ts";

export type Input = Readonly<Record<string, unknown>>;

/** The command of an operation; `getVersion` is the flag --version. */
const commands: Readonly<Record<string, string>> = {
  createE2bSandbox: "create",
  listE2bSandboxes: "list",
  getE2bSandboxStatus: "status",
  executeE2bProcess: "exec",
  terminateE2bSandbox: "destroy",
  runE2bAgent: "deploy",
  deployE2bTemplate: "template deploy",
  scaleE2bDeployment: "template scale",
  exportE2bTemplate: "template export",
  executeSwarmStrategy: "execute",
  backtest: "backtest",
  simulate: "simulate",
  getE2bMonitor: "monitor",
  monitorE2bHealth: "health",
  planValidation: "plan",
  benchmark: "bench",
  validate: "validate",
  verify: "verify",
  audit: "audit",
  report: "report",
  diff: "diff",
  getFantasyData: "fantasy",
  initE2bSwarm: "swarm init",
  deployTradingAgent: "swarm deploy",
  listE2bSwarms: "swarm list",
  getSwarmStatus: "swarm status",
  listSwarmAgents: "swarm agents",
  getAgentStatus: "swarm agent",
  stopSwarmAgent: "swarm stop",
  restartSwarmAgent: "swarm restart",
  scaleSwarm: "swarm scale",
  rebalanceSwarm: "swarm rebalance",
  getSwarmPerformance: "swarm performance",
  monitorSwarmHealth: "swarm health",
  getSwarmMetrics: "swarm metrics",
  shutdownSwarm: "swarm shutdown",
};

/** Where a command's name for a field is its own. */
const ownKeys: Readonly<Record<string, string>> = { includeAllSandboxes: "detailed", command: "words", args: "words" };

export async function throughStdio(row: OperationRow, input: Input, backend: RecordingBackend): Promise<unknown> {
  const connection = connect(backend);
  const client = new Client({ name: "doors", version: "1" });
  await client.connect(new StdioServerTransport(connection.fromServer, connection.toServer));
  const result = await client.callTool({ name: row.name, arguments: wire(row, input) });
  connection.toServer.end();
  await connection.ended;
  return result.structuredContent;
}

export async function throughHttp(row: OperationRow, input: Input, backend: RecordingBackend): Promise<unknown> {
  const { url } = await startHttp({ backend });
  const { client } = await httpClient(url);
  const result = await client.callTool({ name: row.name, arguments: wire(row, input) });
  await client.close();
  return result.structuredContent;
}

/** The `data` of the envelope, which is in the command line's own form. */
export async function throughCli(row: OperationRow, input: Input, backend: RecordingBackend): Promise<unknown> {
  return document(await drive(wordsOf(row, input), { backend })).data;
}

/** Operations of the table that the map above leaves out, or maps to a command that is none. */
export function withoutCommand(rows: readonly OperationRow[]): string[] {
  return rows.filter((row) => row.name !== "getVersion" && specOf(row) === null).map(({ name }) => name);
}

/** Fields of an operation that its command has no word for. */
export function unreachable(row: OperationRow): string[] {
  const spec = specOf(row);
  if (spec === null) return [];
  const keys = new Set([...spec.options, ...spec.operands].map(({ key }) => key));
  keys.add(spec.name === "destroy" ? "sandboxId" : "");
  const { properties } = jsonSchema(row.input);
  return Object.keys(isRecord(properties) ? properties : {}).filter(
    (field) => !keys.has(ownKeys[field] ?? field) && !keys.has(field),
  );
}

function wire(row: OperationRow, input: Input): Record<string, unknown> {
  const value = toWire(jsonSchema(row.input), input);
  return isRecord(value) ? value : {};
}

function specOf(row: OperationRow): CommandSpec | null {
  return commandSpecs.find(({ name }) => name === commands[row.name]) ?? null;
}

function wordsOf(row: OperationRow, input: Input): string[] {
  const spec = specOf(row);
  if (spec === null) return ["--json", "--version"];
  const words = [...spec.name.split(" "), "--json", "--yes"];
  // One look is one document; look after look is one on each line.
  if (row.name === "getE2bMonitor") words.push("--once");
  const { command, args, ...rest } = input;
  for (const [field, value] of Object.entries(rest)) {
    const key = ownKeys[field] ?? field;
    const option = spec.options.find((candidate) => candidate.key === key);
    words.push(...(option === undefined ? [String(value)] : wordsOfOption(option, value)));
  }
  if (command !== undefined) words.push("--", text(command), ...(Array.isArray(args) ? args.map(String) : []));
  return words;
}

function wordsOfOption({ flags }: OptionSpec, value: unknown): string[] {
  const flag = /--[a-z-]+/.exec(flags)?.[0] ?? flags;
  if (typeof value === "boolean") return flag.startsWith("--no-") === value ? [] : [flag];
  if (Array.isArray(value)) return [flag, value.join(",")];
  if (!isRecord(value)) return [flag, String(value)];
  if ("trainBars" in value) return [flag, `${text(value.trainBars)}:${text(value.testBars)}`];
  if ("paths" in value) {
    const given = [value.paths, value["seed"], value["blockPeriods"]].filter((part) => part !== undefined);
    return [flag, given.map((part) => text(part)).join(":")];
  }
  return Object.entries(value).flatMap(([key, item]) => [flag, `${key}=${String(item)}`]);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
