// How a live swarm is: whether somebody leads it, who is there, what it did.
import { handler } from "../handler.ts";
import { figuresSince } from "../live/figures.ts";
import { findSwarm, glanceAt, stateOf } from "../live/live-swarm.ts";

const hourMs = 3_600_000;

export const handle = handler("swarm-status.input", "swarm-status.output", async (parts, input) => {
  const { includeAgents = true, includeMetrics = true } = input;
  const swarm = await findSwarm(parts, input.swarmId);
  const glance = await glanceAt(parts, swarm);
  const { nowMs, wanted, bulletin, agents, serving, due } = glance;
  const all = await figuresSince(swarm, 0);
  const lastHour = await figuresSince(swarm, nowMs - hourMs);
  const { topology, strategy, createdMs } = swarm.config;
  return {
    swarmId: input.swarmId,
    status: stateOf(glance),
    topology,
    strategy,
    agentCount: agents.length,
    activeAgents: serving,
    wantedAgents: due,
    openTasks: bulletin?.openTasks ?? 0,
    totalTrades: all.trades,
    uptimeSeconds: Math.max(0, nowMs - createdMs) / 1_000,
    createdAt: new Date(createdMs).toISOString(),
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
});
