// One agent of a live swarm.
import { handler } from "../handler.ts";
import { agentRow, findSwarm } from "../live/live-swarm.ts";

export const handle = handler("swarm-agent.input", "swarm-agent.output", async (parts, { swarmId, agentId }) => {
  return { swarmId, agent: await agentRow(await findSwarm(parts, swarmId), agentId) };
});
