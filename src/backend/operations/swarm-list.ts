// The live swarms of the record, those that have ended with their state kept included.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import { listedSwarms } from "../live/list-of-swarms.ts";
import { findSwarm, glanceAt, stateOf, type LiveSwarm } from "../live/live-swarm.ts";
import type { Parts } from "../parts.ts";

export const handle = handler("swarm-list.input", "swarm-list.output", async (parts) => {
  const rows = (await listedSwarms(await parts.store())).map(async ({ swarmId }) => {
    const swarm = await foundOrGone(parts, swarmId);
    if (swarm === null) return [];
    const glance = await glanceAt(parts, swarm);
    const { untilMs } = glance.wanted;
    const row = {
      swarmId,
      status: stateOf(glance),
      topology: swarm.config.topology,
      activeAgents: glance.serving,
      wantedAgents: glance.due,
      createdAt: new Date(swarm.config.createdMs).toISOString(),
      endsAt: untilMs === null ? null : new Date(untilMs).toISOString(),
    };
    return [row];
  });
  const swarms = (await Promise.all(rows)).flat();
  return { swarms, total: swarms.length };
});

/** Null for one that was forgotten in this moment. */
async function foundOrGone(parts: Parts, swarmId: string): Promise<LiveSwarm | null> {
  try {
    return await findSwarm(parts, swarmId);
  } catch (thrown) {
    if (thrown instanceof SwarmError && thrown.code === "swarm.not-found") return null;
    throw thrown;
  }
}
