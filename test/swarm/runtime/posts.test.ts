import { expect, it } from "vitest";
import type { Post } from "../../../src/contracts/live-swarm.ts";
import { openPosts } from "../../../src/swarm/runtime/posts.ts";

const post = (postId: string): Post => ({ postId, role: "momentum", symbols: [], params: {} });
const fallback = post("any");

it("gives each agent a post of its own while there are enough, then helps where the fewest are", () => {
  const posts = openPosts(fallback);
  posts.want([post("a"), post("b"), post("c")]);
  const given = ["1", "2", "3", "4"].map((agent) => posts.of(agent).postId);
  expect(given).toEqual(["a", "b", "c", "a"]);
  expect(posts.of("2").postId).toBe("b");
  posts.left("2");
  expect(posts.of("5").postId).toBe("b");
});

it("names those whose post nobody wants any more, and nobody while nobody named a post", () => {
  const posts = openPosts(fallback);
  posts.of("0");
  expect(posts.unwanted()).toEqual([]);
  posts.want([post("a"), post("b")]);
  expect(posts.unwanted()).toEqual(["0"]);
  posts.found("1", post("b"));
  posts.want([post("a")]);
  expect(posts.unwanted()).toEqual(["0", "1"]);
  posts.want([]);
  expect(posts.unwanted()).toEqual(["1"]);
});
