// Adds an agent to a live swarm: a post people want, which the leader fills with an agent in a sandbox of its own.
import type { Post } from "../../contracts/live-swarm.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import { changeWanted } from "../../swarm/runtime/wanted.ts";
import { refuseGpu, refuseLonely, roleOf } from "../agent-types.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { agentRows, bulletinOf, findSwarm, isServing, placesOf } from "../live/live-swarm.ts";
import { refuseFull, refuseLate, withPosts } from "../live/resize.ts";
import { until } from "../live/until.ts";
import { windowAt } from "../market-view.ts";

const writer = "deployTradingAgent";
const joinWithinMs = 30_000;

export const handle = handler("swarm-deploy.input", "swarm-deploy.output", async (parts, input, context) => {
  const beganNs = parts.clock.monotonicNs();
  const role = roleOf(input.agentType);
  refuseGpu(input.useGpu);
  refuseLonely(role, input.symbols);
  // A symbol that does not exist must not cost a sandbox.
  for (const symbol of input.symbols) windowAt(symbol);
  const swarm = await findSwarm(parts, input.swarmId);
  const { config, store, swarmId } = swarm;
  const postId = makeId("post", parts.random);
  const post: Post = { postId, role, symbols: input.symbols, params: input.strategyParams ?? {} };
  const without = async (): Promise<void> => {
    await changeWanted(store, swarmId, writer, (present) =>
      withPosts(
        present,
        config,
        present.posts.filter((one) => one.postId !== postId),
      ),
    );
  };
  await changeWanted(store, swarmId, writer, (present) => {
    refuseLate(present, config, parts.clock.nowMs());
    refuseFull(config, present.posts.length + 1);
    return withPosts(present, config, [...present.posts, post]);
  });
  let readyMs = 0;
  const find = async () => {
    const places = await placesOf(swarm);
    const agentId = [...places].find(([, place]) => place.post.postId === postId)?.[0];
    if (agentId === undefined) return undefined;
    if (readyMs === 0) readyMs = Number(parts.clock.monotonicNs() - beganNs) / 1e6;
    return agentRows(places, await bulletinOf(swarm)).find((row) => row.agentId === agentId && isServing(row));
  };
  try {
    await ensureCoordinators(parts, swarm);
    context.progress(`waiting for a ${role} agent of ${swarmId}`);
    await until(parts.clock, joinWithinMs, async () => (await find()) !== undefined, context.signal);
    const agent = await find();
    if (agent !== undefined && !context.signal.aborted) return { swarmId, agent, readyMs };
  } catch (thrown) {
    await without();
    throw thrown;
  }
  // Nobody waits for it any more, so nobody shall come.
  await without();
  context.signal.throwIfAborted();
  throw new SwarmError(
    "swarm.silent",
    `Cannot deploy in swarm ${swarmId}: no ${role} agent joined within ${joinWithinMs} ms`,
    {
      hint: "Read in .swarm/cli.log why it was not brought up",
      details: { swarmId },
    },
  );
});
