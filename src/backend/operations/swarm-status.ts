// How a live swarm is: whether somebody leads it, who is there, what it did.
import { handler } from "../handler.ts";
import { figuresSince } from "../live/figures.ts";
import { findSwarm, glanceAt, hasEnded } from "../live/live-swarm.ts";

const hourMs = 3_600_000;

export const handle = handler("swarm-status.input", "swarm-status.output", async (parts, input) => {
  const { includeAgents = true, includeMetrics = true } = input;
  const swarm = await findSwarm(parts, input.swarmId);
  const { nowMs, wanted, bulletin, agents, serving, due } = await glanceAt(parts, swarm);
  const all = await figuresSince(swarm, 0);
  const lastHour = await figuresSince(swarm, nowMs - hourMs);
  const isStopped = hasEnded(wanted, nowMs) || bulletin === null;
  const { topology, strategy, createdMs } = swarm.config;
  return {
    swarmId: input.swarmId,
    status: isStopped ? ("stopped" as const) : serving < due ? ("degraded" as const) : ("active" as const),
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
