// Whether a live swarm is well.
import { handler } from "../handler.ts";
import { historyOf } from "../live/figures.ts";
import { healthOf } from "../live/health.ts";
import { findSwarm, glanceAt } from "../live/live-swarm.ts";

export const handle = handler("swarm-health.input", "swarm-health.output", async (parts, { swarmId, alerts }) => {
  const swarm = await findSwarm(parts, swarmId);
  const [glance, history] = await Promise.all([glanceAt(parts, swarm), historyOf(swarm)]);
  return healthOf(swarm, glance, history, alerts);
});
