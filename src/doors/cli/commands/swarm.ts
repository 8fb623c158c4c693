// `swarm …`: live swarms, which go on working after the command that started them.
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList, asNumber, asNumberPairs, asSeconds } from "../readers.ts";
import { wireForm } from "../wire-form.ts";
import { agentCommands, agentTable, short, swarm } from "./swarm-agents.ts";
import { performanceCommand, rebalanceCommand } from "./swarm-work.ts";

const group = "Swarm";

const init: CommandSpec = {
  name: "swarm init",
  group,
  summary: "Start a live swarm",
  schema: "swarm-init.input",
  operands: [],
  options: [
    { flags: "-t, --topology <kind>", key: "topology", mandatory: true },
    { flags: "--max-agents <n>", key: "maxAgents", read: asNumber },
    { flags: "--strategy <name>", key: "strategy" },
    { flags: "--no-shared-memory", key: "sharedMemory", text: "refused: a swarm without a record loses work" },
    { flags: "--auto-scale", key: "autoScale" },
    { flags: "--timeout <duration>", key: "timeoutSeconds", read: asSeconds },
    { flags: "--coordinators <n>", key: "coordinators", read: asNumber },
  ],
  examples: [
    "e2b-swarm swarm init --topology star --max-agents 5",
    "e2b-swarm swarm init -t mesh --auto-scale --timeout 8h",
  ],
  async run(values, session) {
    const output = await session.call("initE2bSwarm", values);
    const next = `e2b-swarm swarm deploy ${output.swarmId} --agent momentum --symbols AAPL`;
    return {
      data: wireForm("swarm-init.output", output),
      text: output.swarmId,
      note: `${output.coordinators} coordinators run until ${output.endsAt}; add agents with: ${next}`,
    };
  },
};

const deploy: CommandSpec = {
  name: "swarm deploy",
  group,
  summary: "Add an agent to a live swarm",
  schema: "swarm-deploy.input",
  operands: [swarm],
  options: [
    { flags: "-a, --agent <type>", key: "agentType", mandatory: true },
    { flags: "-s, --symbols <list>", key: "symbols", read: asList, mandatory: true },
    {
      flags: "--param <key=number>",
      key: "strategyParams",
      text: "parameter of the strategy, repeatable",
      read: asNumberPairs,
    },
    { flags: "--use-gpu", key: "useGpu" },
  ],
  examples: ["e2b-swarm swarm deploy <swarm> --agent momentum --symbols AAPL"],
  async run(values, session) {
    const output = await session.call("deployTradingAgent", values);
    return {
      data: wireForm("swarm-deploy.output", output),
      text: agentTable([output.agent]),
      note: `Joined after ${Math.round(output.readyMs)} ms`,
    };
  },
};

const list: CommandSpec = {
  name: "swarm list",
  group,
  summary: "List the live swarms of this record",
  schema: "swarm-list.input",
  operands: [],
  options: [],
  examples: ["e2b-swarm swarm list --json"],
  async run(values, session) {
    const output = await session.call("listE2bSwarms", values);
    const rows = output.swarms.map((one) => [
      one.swarmId,
      one.status,
      one.topology,
      `${one.activeAgents} of ${one.wantedAgents}`,
      one.createdAt,
      one.endsAt,
    ]);
    return {
      data: wireForm("swarm-list.output", output),
      text: output.total === 0 ? "" : alignedTable(["SWARM", "STATUS", "TOPOLOGY", "AGENTS", "CREATED", "ENDS"], rows),
      ...(output.total === 0 ? { note: "No live swarms" } : {}),
    };
  },
};

const status: CommandSpec = {
  name: "swarm status",
  group,
  summary: "Show who leads a live swarm, who is there and what it did",
  schema: "swarm-status.input",
  operands: [swarm],
  options: [
    { flags: "--no-metrics", key: "includeMetrics", text: "leave counts and latency out" },
    { flags: "--no-agents", key: "includeAgents", text: "leave the agents out" },
  ],
  examples: ["e2b-swarm swarm status <swarm>"],
  async run(values, session) {
    const output = await session.call("getSwarmStatus", values);
    const { agents, metrics } = output;
    const head = alignedPairs([
      ["status", output.status],
      ["topology", output.topology],
      ["strategy", output.strategy],
      ["leader", output.leader],
      ["agents", `${output.activeAgents} of ${output.wantedAgents}`],
      ["open tasks", output.openTasks],
      ["trades", output.totalTrades],
      ["created", output.createdAt],
      ["ends", output.endsAt],
      ...(metrics === undefined
        ? []
        : ([
            ["average latency ms", metrics.averageLatencyMs],
            ["success rate", metrics.successRate],
            ["paper P&L USD", metrics.totalPnlMicroUsd / 1e6],
          ] as const)),
    ]);
    const table = agents === undefined || agents.length === 0 ? [] : ["", agentTable(agents)];
    return { data: wireForm("swarm-status.output", output), text: [head, ...table].join("\n") };
  },
};

const scale: CommandSpec = {
  name: "swarm scale",
  group,
  summary: "Grow or shrink a live swarm",
  schema: "swarm-scale.input",
  operands: [swarm],
  options: [
    { flags: "-c, --count <n>", key: "targetAgents", read: asNumber, mandatory: true },
    { flags: "--mode <mode>", key: "scaleMode" },
    { flags: "--no-preserve-state", key: "preserveState", text: "refused: agents that leave always finish first" },
  ],
  examples: ["e2b-swarm swarm scale <swarm> --count 5", "e2b-swarm swarm scale <swarm> -c 8 --mode adaptive"],
  async run(values, session) {
    const output = await session.call("scaleSwarm", values);
    const text = `${output.previousAgents} -> ${output.currentAgents} agents (${output.status})`;
    return { data: wireForm("swarm-scale.output", output), text };
  },
};

const health: CommandSpec = {
  name: "swarm health",
  group,
  summary: "Compare a live swarm with thresholds",
  schema: "swarm-health.input",
  operands: [swarm],
  options: [{ flags: "--alert <key=number>", key: "alerts", read: asNumberPairs }],
  examples: ["e2b-swarm swarm health <swarm> --alert latencyMs=500 --alert failure=0.4"],
  async run(values, session) {
    const output = await session.call("monitorSwarmHealth", values);
    const { metrics } = output;
    const lines = alignedPairs([
      ["health", output.healthStatus],
      ["leader last heard, ms ago", metrics.leaderSilentMs],
      ["agents down", `${metrics.agentsDown} of ${metrics.agentsWanted}`],
      ["p95 latency ms", metrics.p95LatencyMs],
      ["error rate", metrics.errorRate],
      ["failures seen, healed", `${metrics.failuresDetected}, ${metrics.failuresRecovered}`],
    ]);
    const alerts = output.alerts.map(({ severity, message }) => `${severity}: ${message}`);
    return { data: wireForm("swarm-health.output", output), text: [lines, ...alerts].join("\n") };
  },
};

const metrics: CommandSpec = {
  name: "swarm metrics",
  group,
  summary: "Counts and latency of a live swarm",
  schema: "swarm-metrics.input",
  operands: [swarm],
  options: [{ flags: "--range <time>", key: "timeRange" }],
  examples: ["e2b-swarm swarm metrics <swarm> --range 1h"],
  async run(values, session) {
    const output = await session.call("getSwarmMetrics", values);
    const { latencyMs } = output;
    const quantiles = latencyMs === null ? null : [latencyMs.p50, latencyMs.p95, latencyMs.p99].map(short).join(", ");
    const lines = alignedPairs([
      ["from", output.from],
      ["to", output.to],
      ["tasks done", output.tasksDone],
      ["tasks given up", output.tasksDead],
      ["votes", output.votes],
      ["per second", output.throughputPerSecond],
      ["success rate", output.successRate],
      ["latency ms p50, p95, p99", quantiles],
      ["trades", output.totalTrades],
      ["paper P&L USD", output.totalPnlMicroUsd / 1e6],
    ]);
    return { data: wireForm("swarm-metrics.output", output), text: lines };
  },
};

const shutdown: CommandSpec = {
  name: "swarm shutdown",
  group,
  summary: "End a live swarm with agents, sandboxes and coordinators",
  schema: "swarm-shutdown.input",
  operands: [swarm],
  options: [
    { flags: "--grace <duration>", key: "gracePeriodSeconds", read: asSeconds },
    { flags: "--no-save-state", key: "saveState", text: "forget what the record holds of the swarm" },
    { flags: "-f, --force", key: "force", text: "do not ask, and end the sandboxes at once; held tasks stay queued" },
  ],
  examples: ["e2b-swarm swarm shutdown <swarm> --yes", "e2b-swarm swarm shutdown <swarm> --force"],
  async run(values, session) {
    if (values.force !== true) await session.confirm(`End swarm ${String(values.swarmId)}?`);
    const output = await session.call("shutdownSwarm", values);
    const { tasksDone, totalTrades } = output.finalMetrics;
    return {
      data: wireForm("swarm-shutdown.output", output),
      text: `${output.swarmId} ${output.status}: ${output.agentsStopped} agents, ${tasksDone} tasks and votes, ${totalTrades} trades`,
    };
  },
};

export const swarmCommands: readonly CommandSpec[] = [
  init,
  deploy,
  list,
  status,
  ...agentCommands,
  scale,
  rebalanceCommand,
  health,
  metrics,
  performanceCommand,
  shutdown,
];
