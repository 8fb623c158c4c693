// Lets one agent of a live swarm go: its post goes, it finishes what it holds, its sandbox ends.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { changeWanted } from "../../swarm/runtime/wanted.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { agentRow, findSwarm, placesOf, refuseEnded } from "../live/live-swarm.ts";
import { withPosts } from "../live/resize.ts";
import { untilOr } from "../live/until.ts";

const writer = "stopSwarmAgent";
const goWithinMs = 60_000;

export const handle = handler("swarm-agent-stop.input", "swarm-agent-stop.output", async (parts, input, context) => {
  const { swarmId, agentId } = input;
  const swarm = await findSwarm(parts, swarmId);
  await refuseEnded(parts, swarm);
  await agentRow(swarm, agentId);
  const places = await placesOf(swarm);
  const postId = places.get(agentId)?.post.postId;
  const sharers = [...places].filter(([, { post }]) => post.postId === postId);
  if (sharers.length > 1) {
    const others = sharers.flatMap(([id]) => (id === agentId ? [] : [id])).join(", ");
    throw new SwarmError("usage.invalid", `Cannot stop ${agentId} alone: the load made ${others} share its post`, {
      hint: "Scale the swarm down instead",
      details: { field: "agentId", swarmId },
    });
  }
  await ensureCoordinators(parts, swarm);
  await changeWanted(swarm.store, swarmId, writer, (present) =>
    withPosts(
      present,
      swarm.config,
      present.posts.filter((post) => post.postId !== postId),
    ),
  );
  const sandboxId = places.get(agentId)?.sandboxId;
  if (input.force === true && sandboxId !== undefined) await (await parts.sandboxes()).terminate(sandboxId);
  context.progress(`waiting for ${agentId} to finish what it holds`);
  const hasGone = async (): Promise<boolean> => !(await placesOf(swarm)).has(agentId);
  await untilOr(
    parts.clock,
    goWithinMs,
    hasGone,
    context.signal,
    () =>
      new SwarmError("swarm.silent", `Cannot say that ${agentId} stopped: it was still there after ${goWithinMs} ms`, {
        hint: "It goes as soon as it has finished what it holds; look again",
        details: { swarmId, agentId },
      }),
  );
  return { swarmId, agentId, status: "stopped" as const, stoppedAt: new Date(parts.clock.nowMs()).toISOString() };
});
