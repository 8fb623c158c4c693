// Grows or shrinks a live swarm. Nothing is lost: who goes finishes first.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { changeWanted } from "../../swarm/runtime/wanted.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { agentRows, bulletinOf, findSwarm, isServing, placesOf, type LiveSwarm } from "../live/live-swarm.ts";
import { postsFor, refuseFull, refuseLate, withPosts } from "../live/resize.ts";
import { until } from "../live/until.ts";

const writer = "scaleSwarm";
const stepWithinMs = 30_000;

export const handle = handler("swarm-scale.input", "swarm-scale.output", async (parts, input, context) => {
  const { swarmId, targetAgents, scaleMode = "gradual" } = input;
  const beganNs = parts.clock.monotonicNs();
  if (input.preserveState === false) {
    throw new SwarmError(
      "sandbox.unsupported",
      "Cannot set preserveState to false: agents that leave always finish first",
      {
        hint: "Leave preserveState out",
        details: { field: "preserveState" },
      },
    );
  }
  const swarm = await findSwarm(parts, swarmId);
  const { config, store } = swarm;
  refuseFull(config, targetAgents);
  const previousAgents = await serving(swarm);
  const scaleTo = async (count: number): Promise<void> => {
    await changeWanted(store, swarmId, writer, (present) => {
      refuseLate(present, config, parts.clock.nowMs());
      const posts = postsFor(present.posts, count, parts.random);
      const next = withPosts(present, config, posts);
      // The load decides from here on, between one agent of each post and the target.
      return scaleMode === "adaptive" ? { ...next, min: Math.min(1, count), max: count } : next;
    });
  };
  await ensureCoordinators(parts, swarm);
  let isThere = true;
  for (const count of steps(previousAgents, targetAgents, scaleMode)) {
    await scaleTo(count);
    context.progress(`waiting for ${count} agents in ${swarmId}`);
    const isDone = async (): Promise<boolean> =>
      scaleMode === "adaptive" ? (await serving(swarm)) <= count : (await serving(swarm)) === count;
    isThere = await until(parts.clock, stepWithinMs, isDone, context.signal);
    context.signal.throwIfAborted();
    if (!isThere) break;
  }
  return {
    swarmId,
    previousAgents,
    targetAgents,
    currentAgents: await serving(swarm),
    // The wish stands in the record: the leader goes on with it.
    status: isThere ? ("completed" as const) : ("scaling" as const),
    tookMs: Number(parts.clock.monotonicNs() - beganNs) / 1e6,
  };
});

/** Agents that are there and take work. */
async function serving(swarm: LiveSwarm): Promise<number> {
  const [places, bulletin] = await Promise.all([placesOf(swarm), bulletinOf(swarm)]);
  return agentRows(places, bulletin).filter(isServing).length;
}

function steps(from: number, to: number, mode: "immediate" | "gradual" | "adaptive"): readonly number[] {
  if (mode !== "gradual" || from === to) return [to];
  const direction = Math.sign(to - from);
  return Array.from({ length: Math.abs(to - from) }, (_, i) => from + direction * (i + 1));
}
