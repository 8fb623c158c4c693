// What the agents of a swarm are there for: people want posts, each post is held by one agent, and an agent that came because
// the load asked for more helps at the post with the fewest. A restart or replacement keeps its agent's post.
import { invariant } from "../../contracts/invariant.ts";
import type { Post } from "../../contracts/live-swarm.ts";

export interface Posts {
  /** The posts wanted from now on; who holds another one keeps it until it is told to leave. */
  readonly want: (posts: readonly Post[]) => void;
  /** The agent's own, or the one that lacks agents most. */
  readonly of: (agentId: string) => Post;
  /** An agent found at its post. */
  readonly found: (agentId: string, post: Post) => void;
  readonly left: (agentId: string) => void;
  /** Agents whose post nobody wants any more. */
  readonly unwanted: () => readonly string[];
}

/** `fallback` is the one post of a swarm for which nobody named any. */
export function openPosts(fallback: Post): Posts {
  let wanted: readonly Post[] = [fallback];
  const held = new Map<string, Post>();
  const neediest = (): Post => {
    const [first, ...others] = wanted;
    invariant(first !== undefined, "there is always a post");
    const holders = new Map<string, number>();
    for (const { postId } of held.values()) holders.set(postId, (holders.get(postId) ?? 0) + 1);
    const countAt = ({ postId }: Post): number => holders.get(postId) ?? 0;
    return others.reduce((least, post) => (countAt(post) < countAt(least) ? post : least), first);
  };
  return {
    want(posts) {
      wanted = posts.length === 0 ? [fallback] : posts;
    },
    of(agentId) {
      const post = held.get(agentId) ?? neediest();
      held.set(agentId, post);
      return post;
    },
    found: (agentId, post) => void held.set(agentId, post),
    left: (agentId) => void held.delete(agentId),
    unwanted() {
      const names = new Set(wanted.map(({ postId }) => postId));
      return [...held].flatMap(([agentId, { postId }]) => (names.has(postId) ? [] : [agentId]));
    },
  };
}
