// What a live swarm's work came to in a stretch of time: gains and losses on paper, work done, what it cost. Counts beside every
// figure, and null where there is nothing to say it of: no statement about future results.
import type { Execution } from "../../contracts/live-swarm.ts";
import { handler } from "../handler.ts";
import { costOf } from "../live/cost.ts";
import { figuresOf, historyOf } from "../live/figures.ts";
import { findSwarm, glanceAt, livedMs } from "../live/live-swarm.ts";
import { startOf } from "../live/ranges.ts";

export const handle = handler("swarm-performance.input", "swarm-performance.output", async (parts, input) => {
  const { swarmId, timeRange = "24h" } = input;
  const swarm = await findSwarm(parts, swarmId);
  const [glance, history] = await Promise.all([glanceAt(parts, swarm), historyOf(swarm)]);
  const { nowMs: toMs, agents: rows, wanted } = glance;
  const fromMs = startOf(timeRange, toMs);
  const { done, dead, votes, latency, successRate } = figuresOf(history, fromMs);
  const livedSeconds = Math.max(1, livedMs(swarm.config, wanted, toMs, fromMs)) / 1_000;
  const completed = rows.reduce((sum, { completedTasks }) => sum + completedTasks, 0);
  return {
    swarmId,
    timeRange,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    trading: tradingOf(history.executions.filter(({ atMs }) => atMs >= fromMs)),
    work: {
      tasksDone: done,
      tasksDead: dead,
      votes,
      throughputPerSecond: (done + votes) / livedSeconds,
      successRate,
      p50LatencyMs: latency?.p50 ?? null,
      p95LatencyMs: latency?.p95 ?? null,
      latencyCount: latency?.count ?? 0,
    },
    cost: { provenance: "modelled" as const, ...costOf(glance) },
    agents: rows.map(({ agentId, agentType, completedTasks, failedTasks, latencyMs }) => ({
      agentId,
      agentType,
      completedTasks,
      failedTasks,
      errorRate: ratio(failedTasks, failedTasks + completedTasks),
      share: ratio(completedTasks, completed),
      latencyMs,
    })),
  };
});

/** The oldest first. */
export function tradingOf(executions: readonly Execution[]) {
  const results = executions.map(({ pnlMicroUsd }) => pnlMicroUsd);
  const traded = executions.filter(({ trades }) => trades > 0);
  const total = sum(results);
  let [running, peak, deepest] = [0, 0, 0];
  for (const result of results) {
    running += result;
    peak = Math.max(peak, running);
    deepest = Math.max(deepest, peak - running);
  }
  const isEmpty = results.length === 0;
  return {
    executions: executions.length,
    decisions: sum(executions.map(({ decisions }) => decisions)),
    trades: sum(executions.map(({ trades }) => trades)),
    totalPnlMicroUsd: total,
    averagePnlMicroUsd: isEmpty ? null : total / results.length,
    bestPnlMicroUsd: isEmpty ? null : Math.max(...results),
    worstPnlMicroUsd: isEmpty ? null : Math.min(...results),
    winRate: ratio(traded.filter(({ pnlMicroUsd }) => pnlMicroUsd > 0).length, traded.length),
    maxDrawdownMicroUsd: isEmpty ? null : deepest,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
