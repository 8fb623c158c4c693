// Restarts the program of one agent of a live swarm in its sandbox; what it held is given out again.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { orderRestart } from "../../swarm/runtime/orders.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { agentRow, findSwarm, isServing, placesOf, refuseEnded } from "../live/live-swarm.ts";
import { untilOr } from "../live/until.ts";

const writer = "restartSwarmAgent";
const joinWithinMs = 30_000;

export const handle = handler("swarm-agent.input", "swarm-agent-restart.output", async (parts, input, context) => {
  const { swarmId, agentId } = input;
  const beganNs = parts.clock.monotonicNs();
  const swarm = await findSwarm(parts, swarmId);
  await refuseEnded(parts, swarm);
  await agentRow(swarm, agentId);
  const before = (await placesOf(swarm)).get(agentId)?.publicKey;
  await ensureCoordinators(parts, swarm);
  await orderRestart(swarm.store, swarmId, agentId, writer);
  let tookMs = 0;
  // A program that starts makes a key of its own: another key is another program.
  const isBack = async (): Promise<boolean> => {
    const place = (await placesOf(swarm)).get(agentId);
    if (place === undefined || place.publicKey === before) return false;
    if (tookMs === 0) tookMs = Number(parts.clock.monotonicNs() - beganNs) / 1e6;
    return isServing(await agentRow(swarm, agentId));
  };
  await untilOr(
    parts.clock,
    joinWithinMs,
    isBack,
    context.signal,
    () =>
      new SwarmError(
        "swarm.silent",
        `Cannot say that ${agentId} restarted: it did not join within ${joinWithinMs} ms`,
        {
          hint: "See what became of it: getAgentStatus",
          details: { swarmId, agentId },
        },
      ),
  );
  return { swarmId, agent: await agentRow(swarm, agentId), tookMs };
});
