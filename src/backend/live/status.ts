// How a live swarm is, from one glance at it and its history: for whoever asks once, and for the board that asks again and again.
import type { SwarmStatusInput, SwarmStatusOutput } from "../../contracts/operations/live.ts";
import { figuresOf, type History } from "./figures.ts";
import { livedMs, stateOf, type Glance, type LiveSwarm } from "./live-swarm.ts";

const hourMs = 3_600_000;

export function statusOf(
  { swarmId, config }: LiveSwarm,
  glance: Glance,
  history: History,
  { includeAgents = true, includeMetrics = true }: Omit<SwarmStatusInput, "swarmId"> = {},
): SwarmStatusOutput {
  const { nowMs, wanted, bulletin, agents, serving, due } = glance;
  const all = figuresOf(history, 0);
  const lastHour = figuresOf(history, nowMs - hourMs);
  return {
    swarmId,
    status: stateOf(glance),
    topology: config.topology,
    strategy: config.strategy,
    agentCount: agents.length,
    activeAgents: serving,
    wantedAgents: due,
    openTasks: bulletin?.openTasks ?? 0,
    totalTrades: all.trades,
    uptimeSeconds: livedMs(config, wanted, nowMs) / 1_000,
    createdAt: new Date(config.createdMs).toISOString(),
    endsAt: wanted.untilMs === null ? null : new Date(wanted.untilMs).toISOString(),
    leader: bulletin?.leader ?? null,
    ...(includeAgents ? { agents: [...agents] } : {}),
    ...(includeMetrics
      ? {
          metrics: {
            averageLatencyMs: lastHour.latency?.average ?? null,
            successRate: all.successRate,
            totalPnlMicroUsd: all.pnlMicroUsd,
          },
        }
      : {}),
  };
}
