// How a live swarm is: whether somebody leads it, who is there, what it did.
import { handler } from "../handler.ts";
import { figuresSince } from "../live/figures.ts";
import {
  agentRows,
  bulletinOf,
  findSwarm,
  hasEnded,
  isServing,
  placesOf,
  wantedAgents,
  wishOf,
} from "../live/live-swarm.ts";

const hourMs = 3_600_000;

export const handle = handler("swarm-status.input", "swarm-status.output", async (parts, input) => {
  const { includeAgents = true, includeMetrics = true } = input;
  const swarm = await findSwarm(parts, input.swarmId);
  const [wanted, places, bulletin] = await Promise.all([wishOf(swarm), placesOf(swarm), bulletinOf(swarm)]);
  const nowMs = parts.clock.nowMs();
  const all = await figuresSince(swarm, 0);
  const lastHour = await figuresSince(swarm, nowMs - hourMs);
  const agents = agentRows(places, bulletin);
  const activeAgents = agents.filter(isServing).length;
  const missing = activeAgents < wantedAgents(wanted, bulletin);
  const isStopped = hasEnded(wanted, nowMs) || bulletin === null;
  const { topology, strategy, createdMs } = swarm.config;
  return {
    swarmId: input.swarmId,
    status: isStopped ? ("stopped" as const) : missing ? ("degraded" as const) : ("active" as const),
    topology,
    strategy,
    agentCount: agents.length,
    activeAgents,
    wantedAgents: wantedAgents(wanted, bulletin),
    openTasks: bulletin?.openTasks ?? 0,
    totalTrades: all.trades,
    uptimeSeconds: Math.max(0, nowMs - createdMs) / 1_000,
    createdAt: new Date(createdMs).toISOString(),
    endsAt: wanted.untilMs === null ? null : new Date(wanted.untilMs).toISOString(),
    leader: bulletin?.leader ?? null,
    ...(includeAgents ? { agents } : {}),
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
