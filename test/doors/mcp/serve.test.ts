import { Client } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { afterEach, describe, expect, test } from "vitest";
import { operationTable } from "../../../src/backend/operations/table.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { faults, type FaultCode } from "../../../src/contracts/faults.ts";
import { stopReason } from "../../../src/doors/stop-signal.ts";
import { recordingBackend, sandbox, type RecordingBackend } from "../recording-backend.ts";
import { connect, deferred, initialize, rawLines, type Connection } from "./connect.ts";

const open: Connection[] = [];
function begin(backend?: RecordingBackend): Connection {
  const connection = connect(backend);
  open.push(connection);
  return connection;
}
afterEach(async () => {
  for (const connection of open.splice(0)) {
    connection.toServer.end();
    await connection.ended;
  }
});

async function officialClient(backend?: RecordingBackend): Promise<{ client: Client; connection: Connection }> {
  const connection = begin(backend);
  const client = new Client({ name: "test", version: "1" });
  // The same newline framing, seen from the other end of the pipes.
  await client.connect(new StdioServerTransport(connection.fromServer, connection.toServer));
  return { client, connection };
}

/** Arguments that every tool accepts, in wire names. */
const swarmId = `swarm_${"4h6k".repeat(4)}`;
const wireArguments: Readonly<Record<string, Record<string, unknown>>> = {
  initE2bSwarm: { topology: "star", max_agents: 3 },
  deployTradingAgent: { swarm_id: swarmId, agent_type: "momentum", symbols: ["AAPL"] },
  listE2bSwarms: {},
  getSwarmStatus: { swarm_id: swarmId, include_agents: false },
  listSwarmAgents: { swarm_id: swarmId },
  getAgentStatus: { swarm_id: swarmId, agent_id: "a" },
  stopSwarmAgent: { swarm_id: swarmId, agent_id: "a", force: true },
  restartSwarmAgent: { swarm_id: swarmId, agent_id: "a" },
  scaleSwarm: { swarm_id: swarmId, target_agents: 2 },
  rebalanceSwarm: { swarm_id: swarmId, threshold: 0.1 },
  getSwarmPerformance: { swarm_id: swarmId, time_range: "7d" },
  monitorSwarmHealth: { swarm_id: swarmId, alerts: { latency_ms: 5 } },
  getSwarmMetrics: { swarm_id: swarmId, time_range: "1h" },
  shutdownSwarm: { swarm_id: swarmId, force: true },
  createE2bSandbox: { count: 2, timeout_seconds: 60, env_vars: { camelCase: "x" } },
  listE2bSandboxes: { status: "running" },
  getE2bSandboxStatus: { sandbox_id: "sbx1" },
  executeE2bProcess: { sandbox_id: "sbx1", command: "ls", args: ["-l"], capture_output: true },
  terminateE2bSandbox: { sandbox_id: "sbx1", force: true },
  runE2bAgent: { agent_type: "momentum", strategy_params: { lookBack: 5 }, use_gpu: false },
  deployE2bTemplate: { template_name: "node", category: "ml", configuration: { ownKey: { deep_key: [1, true] } } },
  scaleE2bDeployment: { deployment_id: `deployment_${"4h6k".repeat(4)}`, instance_count: 2 },
  exportE2bTemplate: { sandbox_id: "sbx1", template_name: "mine", include_data: true },
  executeSwarmStrategy: { symbols: ["AAPL"], as_of: "2017-06-30" },
  backtest: { strategy: "momentum", start: "2016-07-01", cost_bps: 5 },
  getFantasyData: { sport: "nfl", player_names: true, max_quote_age_seconds: 60 },
  simulate: { agents: 5, tasks_per_agent_hour: 2 },
  getE2bMonitor: { alerts: { create_p95_ms: 4_000 } },
  monitorE2bHealth: { include_all_sandboxes: true },
  planValidation: { profile: "stress" },
  benchmark: { profile: "stress", confirm_cost: true },
  validate: { bench: false },
  verify: { folder: "reports/latest", integrity_only: true },
  audit: { report: "report.md", evidence: "reports/latest", most: 5 },
  report: { folder: "reports/latest", formats: ["html"], out: "drawn" },
  diff: { before: "reports/a", after: "reports/b", margin_ppm: 50_000 },
  getVersion: {},
};

describe("tools", () => {
  test("are the operations under their canonical names, with closed schemas and effects", async () => {
    const { client } = await officialClient();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(operationTable.map(({ name }) => name));
    for (const [index, tool] of tools.entries()) {
      const row = operationTable[index];
      expect(tool).toMatchObject({
        title: row?.title,
        description: row?.description,
        inputSchema: { type: "object", additionalProperties: false },
        outputSchema: { type: "object", additionalProperties: false },
        annotations: {
          readOnlyHint: row?.effect === "read",
          destructiveHint: row?.effect === "destructive",
          idempotentHint: row?.idempotent,
        },
      });
      expect(Object.keys(tool.inputSchema.properties ?? {}).filter((key) => /[A-Z]/.test(key))).toEqual([]);
    }
  });

  test.each(operationTable.map(({ name }) => name))(
    "%s answers the official client with its own object",
    async (name) => {
      const { client, connection } = await officialClient();
      const result = await client.callTool({ name, arguments: wireArguments[name] ?? {} });
      expect(result.isError ?? false).toBe(false);
      expect(result.content).toEqual([{ type: "text", text: JSON.stringify(result.structuredContent) }]);
      expect(connection.backend.calls.map((call) => call.name)).toEqual([name]);
    },
  );

  test("wire names become library names, user keys stay, booleans and objects are native", async () => {
    const { client, connection } = await officialClient();
    await client.callTool({ name: "runE2bAgent", arguments: wireArguments.runE2bAgent ?? {} });
    await client.callTool({ name: "createE2bSandbox", arguments: wireArguments.createE2bSandbox ?? {} });
    expect(connection.backend.calls.map(({ input }) => input)).toEqual([
      { agentType: "momentum", strategyParams: { lookBack: 5 }, useGpu: false },
      { count: 2, timeoutSeconds: 60, envVars: { camelCase: "x" }, template: "base" },
    ]);
  });

  test("aliases are callable and not listed", async () => {
    const { client, connection } = await officialClient();
    for (const name of ["createE2BSandbox", "create_e2b_sandbox"]) await client.callTool({ name });
    expect(connection.backend.calls.map(({ name }) => name)).toEqual(["createE2bSandbox", "createE2bSandbox"]);
  });
});

const badArguments: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["createE2bSandbox", { timeoutSeconds: 5 }, "timeoutSeconds"],
  ["createE2bSandbox", { timeout_seconds: "5" }, "timeout_seconds"],
  ["createE2bSandbox", { count: 10_000 }, "count"],
  ["getE2bSandboxStatus", {}, "sandbox_id"],
  ["runE2bAgent", { agent_type: "momentum", strategy_params: "{}" }, "strategy_params"],
  ["runE2bAgent", { agent_type: "momentum", strategy_params: { lookBack: "x" } }, "strategy_params.lookBack"],
];

test("a client of the 2026-07-28 era gets the same tools and answers", async () => {
  const connection = begin();
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StdioServerTransport(connection.fromServer, connection.toServer));
  expect((await client.listTools()).tools).toHaveLength(operationTable.length);
  const result = await client.callTool({ name: "getVersion" });
  expect(result.structuredContent).toEqual({ version: "0.1.0", node: "20.20.2", e2bSdk: "2.51.0" });
});

describe("failures", () => {
  test.each(badArguments)("%s with %j names %s and opens nothing", async (name, args, field) => {
    const { client, connection } = await officialClient();
    const result = await client.callTool({ name, arguments: args });
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { code: "usage.invalid", field, retryable: false },
    });
    expect(connection.backend.opened).toEqual([]);
  });

  test.each(["sandbox.not-found", "sandbox.quota", "target.unreachable", "internal"] as FaultCode[])(
    "%s is a result with isError, code, hint and retryable",
    async (code) => {
      const backend = recordingBackend({
        terminateE2bSandbox: () => {
          throw new SwarmError(code, "Cannot do it", { hint: "Do this" });
        },
      });
      const { client } = await officialClient(backend);
      const told = {
        code,
        message: `[${code}] Cannot do it`,
        hint: "Do this",
        retryable: faults[code].retry !== "never",
      };
      expect(
        await client.callTool({ name: "terminateE2bSandbox", arguments: { sandbox_id: "x", force: true } }),
      ).toEqual({
        isError: true,
        structuredContent: told,
        content: [{ type: "text", text: JSON.stringify(told) }],
      });
    },
  );

  test("an output that breaks its schema never reaches the wire as a success", async () => {
    const backend = recordingBackend({ getVersion: () => ({ version: 1 }) });
    const { client } = await officialClient(backend);
    expect(await client.callTool({ name: "getVersion" })).toMatchObject({ isError: true });
  });

  test("a backend that fails to open once is tried again by the next call", async () => {
    const backend = recordingBackend();
    let attempts = 0;
    const flaky: RecordingBackend = {
      ...backend,
      open: async (options) => {
        attempts += 1;
        if (attempts === 1) throw new SwarmError("target.unreachable", "Cannot reach it");
        return backend.open(options);
      },
    };
    const { client } = await officialClient(flaky);
    expect((await client.callTool({ name: "getVersion" })).isError).toBe(true);
    expect((await client.callTool({ name: "getVersion" })).isError).toBeUndefined();
  });
});

describe("protocol", () => {
  test("errors by code, notifications without answer, one connection serves on", async () => {
    const connection = begin();
    const lines = rawLines(connection);
    lines.send(initialize);
    await lines.next(({ id }) => id === "init");
    lines.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    lines.send({ jsonrpc: "2.0", method: "notifications/unheard" });
    lines.send("{bad");
    lines.send("[]");
    lines.send({ jsonrpc: "2.0", id: 1, method: "unheard" });
    lines.send({ jsonrpc: "2.0", id: 2, method: "tools/call" });
    lines.send({ jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "unheard" } });
    lines.send({ jsonrpc: "2.0", id: 0, method: "ping" });
    lines.send({ jsonrpc: "2.0", id: 5, method: "logging/setLevel", params: { level: "info" } });
    await lines.next(({ id }) => id === 5);
    const seen = lines.all.slice(1).map(({ id, error }) => [id, error?.code ?? "ok"]);
    expect(new Set(seen.map((row) => JSON.stringify(row)))).toEqual(
      new Set(
        [
          [null, -32700],
          [null, -32600],
          [1, -32601],
          [2, -32602],
          [3, -32602],
          [0, "ok"],
          [5, "ok"],
        ].map((row) => JSON.stringify(row)),
      ),
    );
    expect(seen).toHaveLength(7);
  });

  test("progress is told with a rising count under the caller's token", async () => {
    const backend = recordingBackend({
      getVersion: (_input, { progress }) => {
        progress?.("first");
        progress?.("second");
        return { version: "1", node: "20", e2bSdk: "2" };
      },
    });
    const lines = rawLines(begin(backend));
    lines.send(initialize);
    lines.send({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "getVersion", arguments: {}, _meta: { progressToken: "t" } },
    });
    await lines.next(({ id }) => id === 1);
    expect(lines.all.filter(({ method }) => method === "notifications/progress").map(({ params }) => params)).toEqual([
      { progressToken: "t", progress: 1, message: "first" },
      { progressToken: "t", progress: 2, message: "second" },
    ]);
  });

  test("notifications/cancelled aborts the operation", async () => {
    const started = deferred<AbortSignal>();
    const backend = recordingBackend({
      createE2bSandbox: async (_input, { signal }) => {
        if (signal === undefined) throw new Error("no signal");
        started.resolve(signal);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw new SwarmError("cancelled", "Stopped");
      },
    });
    const lines = rawLines(begin(backend));
    lines.send(initialize);
    lines.send({ jsonrpc: "2.0", id: 9, method: "tools/call", params: { name: "createE2bSandbox" } });
    const signal = await started.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    lines.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 9 } });
    await aborted;
    lines.send({ jsonrpc: "2.0", id: 10, method: "ping" });
    await lines.next(({ id }) => id === 10);
    expect(lines.all.some(({ id }) => id === 9)).toBe(false);
  });

  test.each([
    ["the end of stdin", 0],
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s aborts what runs, closes the backend and exits %d", async (how, code) => {
    const started = deferred<void>();
    let cleaned = false;
    const backend = recordingBackend({
      createE2bSandbox: async (_input, { signal }) => {
        started.resolve();
        await new Promise((resolve) => signal?.addEventListener("abort", resolve));
        cleaned = true;
        return { sandboxes: [sandbox] };
      },
    });
    const connection = begin(backend);
    const lines = rawLines(connection);
    lines.send(initialize);
    lines.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "createE2bSandbox" } });
    await started.promise;
    if (how === "the end of stdin") connection.toServer.end();
    else connection.stop.abort(stopReason(how));
    expect([await connection.ended, cleaned, backend.closed()]).toEqual([code, true, 1]);
  });
});
