// Changing how many agents a live swarm has: posts come and go, and the bounds follow them.
import type { Post, SwarmConfig, Wanted } from "../../contracts/live-swarm.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import type { Random } from "../../host/random.ts";
import { hasEnded } from "./live-swarm.ts";

/** The wish with these posts: one agent each, or with autoScale as many more as the load asks for. */
export function withPosts(wanted: Wanted, config: SwarmConfig, posts: readonly Post[]): Wanted {
  const max = config.autoScale ? config.maxAgents : posts.length;
  return { ...wanted, posts: [...posts], min: posts.length, max };
}

/** Throws `swarm.full`. */
export function refuseFull({ swarmId, maxAgents }: SwarmConfig, posts: number): void {
  if (posts <= maxAgents) return;
  throw new SwarmError(
    "swarm.full",
    `Cannot have ${posts} agents in swarm ${swarmId}: it was set up for at most ${maxAgents}`,
    {
      hint: "Stop an agent, or start a swarm with a greater maxAgents",
      details: { swarmId, maxAgents },
    },
  );
}

/** Throws `swarm.ended`: whoever comes too late must not make a swarm longer. */
export function refuseLate(wanted: Wanted, { swarmId }: SwarmConfig, nowMs: number): void {
  if (!hasEnded(wanted, nowMs)) return;
  throw new SwarmError("swarm.ended", `Cannot change swarm ${swarmId}: it has ended, or is about to`, {
    hint: "Start another one: e2b-swarm swarm init",
    details: { swarmId },
  });
}

/**
 * As many posts as asked for. More: copies of the kinds there are, the rarest first. Fewer: the latest of the commonest kind
 * goes first, so that every kind stays as long as there is room for it. Throws `usage.invalid` when there is nothing to copy.
 */
export function postsFor(posts: readonly Post[], target: number, random: Random): readonly Post[] {
  let next = [...posts];
  while (next.length < target) {
    const [rarest] = kindsOf(next).toSorted((a, b) => a.length - b.length);
    const model = rarest?.[0];
    if (model === undefined) {
      throw new SwarmError(
        "usage.invalid",
        `Cannot scale to ${target} agents: the swarm has none whose kind could be copied`,
        {
          hint: "Deploy one first: e2b-swarm swarm deploy <swarm> --agent momentum --symbols AAPL",
          details: { field: "targetAgents" },
        },
      );
    }
    next.push({ ...model, postId: makeId("post", random) });
  }
  while (next.length > target) {
    const [commonest = []] = kindsOf(next).toSorted((a, b) => b.length - a.length);
    const last = commonest.at(-1);
    next = next.filter((post) => post !== last);
  }
  return next;
}

/** Posts that differ in nothing but their name, in order of the first of each kind. */
function kindsOf(posts: readonly Post[]): readonly (readonly Post[])[] {
  const kinds = new Map<string, Post[]>();
  for (const post of posts) {
    const { role, symbols, params } = post;
    const kind = JSON.stringify([role, symbols, Object.entries(params).toSorted(([a], [b]) => a.localeCompare(b))]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), post]);
  }
  return [...kinds.values()];
}
