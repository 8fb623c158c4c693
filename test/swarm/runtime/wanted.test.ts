import { expect, it } from "vitest";
import type { Post, Wanted } from "../../../src/contracts/live-swarm.ts";
import { realClock } from "../../../src/host/clock.ts";
import { openMemoryStore } from "../../../src/memory/memory-store.ts";
import { followOrders, orderRestart } from "../../../src/swarm/runtime/orders.ts";
import { changeWanted, nothingWanted, wantedOf } from "../../../src/swarm/runtime/wanted.ts";

const postNamed = (postId: string): Post => ({ postId, role: "momentum", symbols: [], params: {} });
const oneMore =
  (postId: string) =>
  (present: Wanted): Wanted => {
    const posts = [...present.posts, postNamed(postId)];
    return { ...present, posts, min: posts.length, max: posts.length };
  };

it("loses nothing when twenty people change it at once", async () => {
  const store = openMemoryStore({ clock: realClock });
  const names = Array.from({ length: 20 }, (_, i) => `post-${i}`);
  await Promise.all(names.map((name) => changeWanted(store, "s", name, oneMore(name))));
  const wanted = await wantedOf(store, "s");
  expect(wanted).toMatchObject({ min: 20, max: 20, ended: false });
  expect(wanted?.posts.map(({ postId }) => postId).toSorted()).toEqual(names.toSorted());
});

it("refuses what cannot be and leaves what is", async () => {
  const store = openMemoryStore({ clock: realClock });
  await changeWanted(store, "s", "me", oneMore("a"));
  const twice = changeWanted(store, "s", "me", oneMore("a"));
  await expect(twice).rejects.toMatchObject({ code: "usage.invalid" });
  const upsideDown = changeWanted(store, "s", "me", (present) => ({ ...present, min: 3, max: 2 }));
  await expect(upsideDown).rejects.toMatchObject({ code: "usage.invalid", details: { min: 3, max: 2 } });
  expect(await wantedOf(store, "s")).toEqual({ ...nothingWanted, min: 1, max: 1, posts: [postNamed("a")] });
});

it("hears orders given before it listened and after", async () => {
  const store = openMemoryStore({ clock: realClock });
  const ending = new AbortController();
  const heard: string[] = [];
  await orderRestart(store, "s", "agent-1-1", "me");
  const following = followOrders(store, "s", ending.signal, (order) => {
    heard.push(order?.kind === "restart" ? order.agentId : "");
    if (heard.length === 2) ending.abort();
  });
  await orderRestart(store, "s", "agent-1-2", "me");
  await following.catch(() => undefined);
  expect(heard).toEqual(["agent-1-1", "agent-1-2"]);
});
