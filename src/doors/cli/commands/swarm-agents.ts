// `swarm agents|agent|stop|restart`: the agents of a live swarm, all of them and one by one.
import type { LiveAgent } from "../../../contracts/operations/live.ts";
import { alignedTable } from "../aligned-table.ts";
import type { CommandSpec, OperandSpec } from "../command-spec.ts";
import { wireForm } from "../wire-form.ts";

export const swarm: OperandSpec = { syntax: "<swarm>", key: "swarmId", text: "id of the swarm, as init printed it" };
const agent: OperandSpec = { syntax: "<agent>", key: "agentId", text: "id of the agent, as agents prints it" };
const group = "Swarm";

const agents: CommandSpec = {
  name: "swarm agents",
  group,
  summary: "List the agents of a live swarm",
  schema: "swarm.input",
  operands: [swarm],
  options: [],
  examples: ["e2b-swarm swarm agents <swarm> --json"],
  async run(values, session) {
    const output = await session.call("listSwarmAgents", values);
    const text = output.total === 0 ? "" : agentTable(output.agents);
    return { data: wireForm("swarm-agents.output", output), text, ...(text === "" ? { note: "No agents" } : {}) };
  },
};

const one: CommandSpec = {
  name: "swarm agent",
  group,
  summary: "Show one agent of a live swarm",
  schema: "swarm-agent.input",
  operands: [swarm, agent],
  options: [],
  examples: ["e2b-swarm swarm agent <swarm> agent-1-1"],
  async run(values, session) {
    const output = await session.call("getAgentStatus", values);
    return { data: wireForm("swarm-agent.output", output), text: agentTable([output.agent]) };
  },
};

const stop: CommandSpec = {
  name: "swarm stop",
  group,
  summary: "Let one agent of a live swarm finish and go",
  schema: "swarm-agent-stop.input",
  operands: [swarm, agent],
  options: [{ flags: "-f, --force", key: "force" }],
  examples: ["e2b-swarm swarm stop <swarm> agent-1-1 --yes"],
  async run(values, session) {
    if (values.force !== true) await session.confirm(`End agent ${String(values.agentId)} and its sandbox?`);
    const output = await session.call("stopSwarmAgent", values);
    return { data: wireForm("swarm-agent-stop.output", output), text: `${output.agentId} ${output.status}` };
  },
};

const restart: CommandSpec = {
  name: "swarm restart",
  group,
  summary: "Restart one agent of a live swarm",
  schema: "swarm-agent.input",
  operands: [swarm, agent],
  options: [],
  examples: ["e2b-swarm swarm restart <swarm> agent-1-1"],
  async run(values, session) {
    const output = await session.call("restartSwarmAgent", values);
    return {
      data: wireForm("swarm-agent-restart.output", output),
      text: agentTable([output.agent]),
      note: `Joined again after ${Math.round(output.tookMs)} ms`,
    };
  },
};

export function agentTable(rows: readonly LiveAgent[]): string {
  return alignedTable(
    ["AGENT", "TYPE", "STATUS", "SYMBOLS", "SANDBOX", "OPEN", "DONE", "FAILED", "LATENCY MS"],
    rows.map((row) => [
      row.agentId,
      row.agentType,
      row.status,
      row.symbols.join(","),
      row.sandboxId,
      row.openTasks,
      row.completedTasks,
      row.failedTasks,
      row.latencyMs === null ? null : short(row.latencyMs),
    ]),
  );
}

export function short(value: number): number {
  return Number(value.toPrecision(4));
}

export const agentCommands: readonly CommandSpec[] = [agents, one, stop, restart];
