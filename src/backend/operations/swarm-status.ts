// How a live swarm is: whether somebody leads it, who is there, what it did.
import { handler } from "../handler.ts";
import { historyOf } from "../live/figures.ts";
import { findSwarm, glanceAt } from "../live/live-swarm.ts";
import { statusOf } from "../live/status.ts";

export const handle = handler("swarm-status.input", "swarm-status.output", async (parts, input) => {
  const swarm = await findSwarm(parts, input.swarmId);
  const [glance, history] = await Promise.all([glanceAt(parts, swarm), historyOf(swarm)]);
  return statusOf(swarm, glance, history, input);
});
