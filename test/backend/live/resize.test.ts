import { expect, it } from "vitest";
import type { Post, SwarmConfig } from "../../../src/contracts/live-swarm.ts";
import { postsFor, withPosts } from "../../../src/backend/live/resize.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { nothingWanted } from "../../../src/swarm/runtime/wanted.ts";

const post = (postId: string, role: Post["role"], lookback = 20): Post => {
  return { postId, role, symbols: ["AAPL"], params: { lookback } };
};
const kinds = (posts: readonly Post[]): string[] => posts.map(({ role, params }) => `${role} ${params.lookback}`);
const three = [post("a", "momentum"), post("b", "momentum"), post("c", "sentiment")];

it("copies the rarest kind first, and lets the latest of the commonest go first", () => {
  const more = postsFor(three, 6, seededRandom(1));
  expect(kinds(more).slice(3)).toEqual(["sentiment 20", "momentum 20", "sentiment 20"]);
  expect(new Set(more.map(({ postId }) => postId)).size).toBe(6);
  expect(postsFor(three, 2, seededRandom(1)).map(({ postId }) => postId)).toEqual(["a", "c"]);
  expect(postsFor(three, 0, seededRandom(1))).toEqual([]);
  // Other parameters are another kind.
  expect(kinds(postsFor([...three, post("d", "momentum", 60)], 3, seededRandom(1)))).toEqual([
    "momentum 20",
    "sentiment 20",
    "momentum 60",
  ]);
  expect(() => postsFor([], 1, seededRandom(1))).toThrow("none whose kind could be copied");
});

it("wants one agent for each post, and with autoScale as many as the swarm may have", () => {
  const config: SwarmConfig = {
    swarmId: "s",
    topology: "star",
    maxAgents: 9,
    strategy: "balanced",
    autoScale: false,
    coordinators: 2,
    createdMs: 0,
  };
  expect(withPosts(nothingWanted, config, three)).toMatchObject({ min: 3, max: 3 });
  expect(withPosts(nothingWanted, { ...config, autoScale: true }, three)).toMatchObject({ min: 3, max: 9 });
});
