// The listed tools: the table of operations in MCP words. Names, texts and effects come from the rows, schemas from contracts;
// only what the table does not say (how long, how dear, open world) stands here, one row per operation.
import type { Tool } from "@modelcontextprotocol/server";
import { operationTable, type OperationName, type OperationRow } from "../../backend/operations/table.ts";
import { jsonSchema } from "../../contracts/parse.ts";
import { wireSchema, type Schema } from "../wire-names.ts";

interface ToolFacts {
  readonly cost: "low" | "medium" | "high" | "very_high";
  readonly latency: "fast" | "medium" | "slow";
  /** False when nothing outside this machine's files is touched. */
  readonly openWorld: boolean;
}

const facts: Readonly<Record<OperationName, ToolFacts>> = {
  createE2bSandbox: { cost: "medium", latency: "medium", openWorld: true },
  listE2bSandboxes: { cost: "low", latency: "fast", openWorld: true },
  getE2bSandboxStatus: { cost: "low", latency: "fast", openWorld: true },
  executeE2bProcess: { cost: "medium", latency: "medium", openWorld: true },
  terminateE2bSandbox: { cost: "low", latency: "fast", openWorld: true },
  runE2bAgent: { cost: "medium", latency: "medium", openWorld: true },
  deployE2bTemplate: { cost: "medium", latency: "medium", openWorld: true },
  scaleE2bDeployment: { cost: "high", latency: "medium", openWorld: true },
  exportE2bTemplate: { cost: "medium", latency: "medium", openWorld: true },
  executeSwarmStrategy: { cost: "high", latency: "slow", openWorld: true },
  initE2bSwarm: { cost: "medium", latency: "medium", openWorld: true },
  deployTradingAgent: { cost: "medium", latency: "medium", openWorld: true },
  listE2bSwarms: { cost: "low", latency: "fast", openWorld: true },
  getSwarmStatus: { cost: "low", latency: "fast", openWorld: true },
  listSwarmAgents: { cost: "low", latency: "fast", openWorld: true },
  getAgentStatus: { cost: "low", latency: "fast", openWorld: true },
  stopSwarmAgent: { cost: "low", latency: "medium", openWorld: true },
  restartSwarmAgent: { cost: "low", latency: "medium", openWorld: true },
  scaleSwarm: { cost: "high", latency: "slow", openWorld: true },
  rebalanceSwarm: { cost: "low", latency: "medium", openWorld: true },
  getSwarmPerformance: { cost: "low", latency: "fast", openWorld: true },
  monitorSwarmHealth: { cost: "low", latency: "fast", openWorld: true },
  getSwarmMetrics: { cost: "low", latency: "fast", openWorld: true },
  shutdownSwarm: { cost: "low", latency: "slow", openWorld: true },
  backtest: { cost: "medium", latency: "medium", openWorld: true },
  simulate: { cost: "low", latency: "slow", openWorld: false },
  getFantasyData: { cost: "low", latency: "medium", openWorld: true },
  getE2bMonitor: { cost: "low", latency: "fast", openWorld: true },
  monitorE2bHealth: { cost: "low", latency: "fast", openWorld: true },
  planValidation: { cost: "low", latency: "medium", openWorld: false },
  benchmark: { cost: "very_high", latency: "slow", openWorld: true },
  validate: { cost: "very_high", latency: "slow", openWorld: true },
  verify: { cost: "low", latency: "slow", openWorld: false },
  audit: { cost: "low", latency: "medium", openWorld: false },
  report: { cost: "low", latency: "medium", openWorld: false },
  diff: { cost: "low", latency: "medium", openWorld: false },
  getVersion: { cost: "low", latency: "fast", openWorld: false },
};

/** Canonical names only; aliases are callable but not listed (decision 1). */
export function listTools(): Tool[] {
  return operationTable.map((row) => toolOf(row));
}

function toolOf(row: OperationRow): Tool {
  const { cost, latency, openWorld } = facts[row.name];
  return {
    name: row.name,
    title: row.title,
    description: row.description,
    inputSchema: objectSchema(wireSchema(jsonSchema(row.input))),
    outputSchema: objectSchema(jsonSchema(row.output)),
    annotations: {
      title: row.title,
      readOnlyHint: row.effect === "read",
      destructiveHint: row.effect === "destructive",
      idempotentHint: row.idempotent,
      openWorldHint: openWorld,
    },
    // No target of today has a GPU; use_gpu is refused with sandbox.unsupported (decision 3).
    _meta: { "e2b-swarm/cost": cost, "e2b-swarm/latency": latency, "e2b-swarm/gpu_capable": false },
  };
}

function objectSchema(schema: Schema): Tool["inputSchema"] {
  if (schema.type !== "object") throw new Error("Invariant broken: an operation's schema is not an object");
  return { ...schema, type: "object" };
}
