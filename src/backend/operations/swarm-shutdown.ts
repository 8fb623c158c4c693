// Ends a live swarm with everything of it: agents, sandboxes, coordinators.
import { handler } from "../handler.ts";
import { endSwarm, forgetSwarm } from "../live/end-swarm.ts";
import { figuresOf, historyOf } from "../live/figures.ts";
import { findSwarm, livedMs, placesOf, wishOf } from "../live/live-swarm.ts";

export const handle = handler("swarm-shutdown.input", "swarm-shutdown.output", async (parts, input, context) => {
  const { swarmId, gracePeriodSeconds = 60, saveState = true, force = false } = input;
  const swarm = await findSwarm(parts, swarmId);
  const agentsStopped = (await placesOf(swarm)).size;
  context.progress(`ending ${swarmId} with ${agentsStopped} agents`);
  await endSwarm(parts, swarm, { withinMs: force ? 0 : gracePeriodSeconds * 1_000, forget: false });
  const figures = figuresOf(await historyOf(swarm), 0);
  const wanted = await wishOf(swarm);
  if (!saveState) await forgetSwarm(swarm);
  const nowMs = parts.clock.nowMs();
  return {
    swarmId,
    status: "stopped" as const,
    agentsStopped,
    stateSaved: saveState,
    shutdownAt: new Date(nowMs).toISOString(),
    finalMetrics: {
      totalRuntimeSeconds: livedMs(swarm.config, wanted, nowMs) / 1_000,
      tasksDone: figures.done + figures.votes,
      totalTrades: figures.trades,
      totalPnlMicroUsd: figures.pnlMicroUsd,
    },
  };
});
