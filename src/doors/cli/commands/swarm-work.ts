// `swarm rebalance|performance`: who does the work of a live swarm, and what it came to.
import type { OperationOutput } from "../../../backend/backend.ts";
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asNumber } from "../readers.ts";
import { wireForm } from "../wire-form.ts";
import { short, swarm } from "./swarm-agents.ts";

const group = "Swarm";

export const rebalanceCommand: CommandSpec = {
  name: "swarm rebalance",
  group,
  summary: "Give tasks that wait behind a busy agent to less busy ones",
  schema: "swarm-rebalance.input",
  operands: [swarm],
  options: [{ flags: "--threshold <share>", key: "threshold", read: asNumber }],
  examples: ["e2b-swarm swarm rebalance <swarm>", "e2b-swarm swarm rebalance <swarm> --threshold 0.1"],
  async run(values, session) {
    const output = await session.call("rebalanceSwarm", values);
    const rows = output.moved.map(({ taskId, fromAgent, toAgent }) => [taskId, fromAgent, toAgent]);
    return {
      data: wireForm("swarm-rebalance.output", output),
      text: output.total === 0 ? "" : alignedTable(["TASK", "FROM", "TO"], rows),
      note: output.total === 0 ? "Balanced: nothing had to be moved" : `${output.total} tasks moved`,
    };
  },
};

export const performanceCommand: CommandSpec = {
  name: "swarm performance",
  group,
  summary: "What a live swarm's work came to, on paper, and what it cost",
  schema: "swarm-performance.input",
  operands: [swarm],
  options: [{ flags: "--range <time>", key: "timeRange" }],
  examples: ["e2b-swarm swarm performance <swarm> --range 7d"],
  async run(values, session) {
    const output = await session.call("getSwarmPerformance", values);
    const { trading, work, cost } = output;
    const dollars = (microUsd: number | null): number | null => (microUsd === null ? null : microUsd / 1e6);
    const lines = alignedPairs([
      ["from", output.from],
      ["to", output.to],
      ["executions", trading.executions],
      ["trades", trading.trades],
      ["paper P&L USD", dollars(trading.totalPnlMicroUsd)],
      ["average, best, worst USD", averageText(trading)],
      ["win rate", trading.winRate],
      ["greatest fall USD", dollars(trading.maxDrawdownMicroUsd)],
      ["tasks done", work.tasksDone],
      ["success rate", work.successRate],
      ["p95 latency ms", work.p95LatencyMs === null ? null : short(work.p95LatencyMs)],
      ["modelled cost USD", short(cost.totalMicroUsd / 1e6)],
    ]);
    return { data: wireForm("swarm-performance.output", output), text: lines };
  },
};

function averageText(trading: OperationOutput<"getSwarmPerformance">["trading"]): string | null {
  const { averagePnlMicroUsd: average, bestPnlMicroUsd: best, worstPnlMicroUsd: worst } = trading;
  if (average === null || best === null || worst === null) return null;
  return [average, best, worst].map((microUsd) => short(microUsd / 1e6)).join(", ");
}
