// Ends a live swarm with everything of it: agents, sandboxes, coordinators.
import { handler } from "../handler.ts";
import { endSwarm } from "../live/end-swarm.ts";
import { figuresSince } from "../live/figures.ts";
import { findSwarm, placesOf } from "../live/live-swarm.ts";

export const handle = handler("swarm-shutdown.input", "swarm-shutdown.output", async (parts, input, context) => {
  const { swarmId, gracePeriodSeconds = 60, saveState = true, force = false } = input;
  const swarm = await findSwarm(parts, swarmId);
  const agentsStopped = (await placesOf(swarm)).size;
  context.progress(`ending ${swarmId} with ${agentsStopped} agents`);
  await endSwarm(parts, swarm, { withinMs: force ? 0 : gracePeriodSeconds * 1_000, forget: false });
  const figures = await figuresSince(swarm, 0);
  if (!saveState) await swarm.store.deleteNamespace(swarmId, { writer: "shutdownSwarm" });
  const nowMs = parts.clock.nowMs();
  return {
    swarmId,
    status: "stopped" as const,
    agentsStopped,
    stateSaved: saveState,
    shutdownAt: new Date(nowMs).toISOString(),
    finalMetrics: {
      totalRuntimeSeconds: Math.max(0, nowMs - swarm.config.createdMs) / 1_000,
      tasksDone: figures.done + figures.votes,
      totalTrades: figures.trades,
      totalPnlMicroUsd: figures.pnlMicroUsd,
    },
  };
});
