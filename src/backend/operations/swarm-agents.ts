// The agents of a live swarm, each with its place and what the leader last said of it.
import { handler } from "../handler.ts";
import { agentRows, bulletinOf, findSwarm, placesOf } from "../live/live-swarm.ts";

export const handle = handler("swarm.input", "swarm-agents.output", async (parts, { swarmId }) => {
  const swarm = await findSwarm(parts, swarmId);
  const agents = agentRows(await placesOf(swarm), await bulletinOf(swarm));
  return { swarmId, agents, total: agents.length };
});
