// The runtime over a record without a disk and agents made of callbacks: who leads, what is refused, what goes on.
import { afterEach, expect, it } from "vitest";
import { isRecord } from "../../../src/contracts/json.ts";
import { realClock } from "../../../src/host/clock.ts";
import { openMemoryStore } from "../../../src/memory/memory-store.ts";
import { orderRebalance } from "../../../src/swarm/runtime/orders.ts";
import type { RecordStore } from "../../../src/contracts/record-store.ts";
import { doneIn, ids, leaveAll, push, resultOf, run, until, vote, worldOf } from "./world.ts";

afterEach(leaveAll);

it("goes on answering with one of five agents left, and completes every task once", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  const { effects } = run(store, world, "c1");
  await until(() => world.alive.size === 5);
  await push(store, ids(0, 20));
  await until(async () => (await doneIn(store)) === 20);
  const [rest, ...others] = [...world.alive];
  for (const agentId of others) {
    world.dead.add(agentId);
    world.alive.delete(agentId);
  }
  // Nobody comes in their place either.
  for (let born = 6; born <= 60; born += 1) world.dead.add(`agent-1-${born}`);
  for (const agentId of others) world.reports?.happened({ kind: "exited", agentId, sandboxGone: true });
  await push(store, ids(20, 60));
  await until(async () => (await doneIn(store)) === 60);
  const later = effects.filter((effect) => effect.kind === "send" && Number(effect.taskId.slice(1)) >= 20);
  expect(new Set(later.map((effect) => "agentId" in effect && effect.agentId))).toEqual(new Set([rest]));
  const results = await store.list("live", "results/");
  expect(results.map(({ key, version }) => [key, version])).toEqual(
    ids(0, 60)
      .sort()
      .map((taskId) => [`results/${taskId}`, 1]),
  );
});

it("decides by its panel, with what the decision was made of; an impostor's ballot is none", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  run(store, world, "c1");
  await until(() => world.alive.size === 5);
  await vote(store, "v1");
  const decided = await resultOf(store, "v1");
  expect(decided).toMatchObject({ outcome: "decided", decision: { action: "buy", reason: "agreed", rejected: [] } });
  expect(decided).toMatchObject({ answers: Array.from({ length: 4 }, () => ({ proposal: { round: "v1" } })) });
  world.signsAs = () => "somebody else";
  await vote(store, "v2");
  expect(await resultOf(store, "v2")).toMatchObject({
    decision: {
      action: "none",
      reason: "no-quorum",
      rejected: Array.from({ length: 4 }, () => ({ reason: "bad-signature" })),
    },
  });
});

it("says that there is no quorum, and trades nothing, with one of five agents left", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  run(store, world, "c1");
  await until(() => world.alive.size === 5);
  const others = [...world.alive].slice(1);
  for (let born = 6; born <= 60; born += 1) world.dead.add(`agent-1-${born}`);
  for (const agentId of others) {
    world.dead.add(agentId);
    world.alive.delete(agentId);
    world.reports?.happened({ kind: "exited", agentId, sandboxGone: true });
  }
  await vote(store, "v1");
  const said = await resultOf(store, "v1");
  const noTrade = { action: "none", reason: "no-quorum" };
  // The dead are being replaced, or given up for new ones that do not come either.
  expect(isRecord(said) && isRecord(said.decision) ? said.decision : said).toMatchObject(noTrade);
  await push(store, ids(0, 10));
  await until(async () => (await doneIn(store)) === 11);
});

it("stops by itself when the record does not answer", async () => {
  const store = openMemoryStore({ clock: realClock });
  const mute: RecordStore = {
    ...store,
    lease: (...at) => ({ ...store.lease(...at), renew: () => new Promise(() => undefined) }),
  };
  const { ceased } = run(mute, worldOf(), "c1");
  await until(() => ceased.length === 1);
  // Its lease has ended at the same time: a write of that moment may be refused before it has noticed.
  expect([null, "memory.fenced"]).toContain(ceased[0]);
});

it("is followed when it sleeps past its lease, and what it writes then is refused", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  let wake = (): void => undefined;
  world.gate = new Promise((resolve) => (wake = resolve));
  // Its own clock stands still: to itself the lease it had is always fresh.
  const asleep: RecordStore = {
    ...store,
    lease(...at) {
      const lease = store.lease(...at);
      const fresh = { name: "coordinator", holder: "c1", token: 1, expiresAtMs: 0, remainingMs: 300 };
      return { ...lease, renew: async () => ({ outcome: "held", lease: fresh }) };
    },
  };
  const first = run(asleep, world, "c1");
  await until(() => world.alive.size === 5);
  await push(store, ids(0, 4));
  await until(() => first.effects.filter(({ kind }) => kind === "send").length === 4);
  const second = run(store, worldOf(), "c2");
  await until(() => second.led.length === 1);
  wake();
  await until(async () => (await doneIn(store)) === 4);
  await until(() => first.ceased.length === 1);
  expect(first.ceased).toEqual(["memory.fenced"]);
  expect(first.effects.filter(({ kind }) => kind === "done")).toEqual([]);
  expect([first.led, second.led]).toEqual([[1], [2]]);
  const results = await store.list("live", "results/");
  expect(results.map(({ writer, version }) => [writer, version])).toEqual(ids(0, 4).map(() => ["c2", 1]));
});

it("hands over at once when it leaves, and its agents are adopted where they are", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  const first = run(store, world, "c1");
  await until(async () => world.alive.size === 5 && (await store.list("live", "agents/")).length === 5);
  const agents = [...world.alive];
  const second = run(store, world, "c2");
  await first.leave();
  await until(() => second.effects.filter(({ kind }) => kind === "adopt").length === 5);
  await push(store, ids(0, 10));
  await until(async () => (await doneIn(store)) === 10);
  expect(first.ceased).toEqual([null]);
  const kinds = new Set(second.effects.map(({ kind }) => kind));
  expect([kinds.has("start"), kinds.has("replace"), kinds.has("detected")]).toEqual([false, false, false]);
  expect([...world.alive]).toEqual(agents);
});

it("goes when its swarm is forgotten, leading, on standby or coming up late, and writes nothing of it again", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  await store.put("live", "config", {}, { writer: "people", ttlSeconds: null });
  const first = run(store, world, "c1", "config");
  await until(() => world.alive.size === 5);
  const second = run(store, worldOf(), "c2", "config");
  await until(async () => (await store.list("live", "coordinators/")).length === 2);
  await store.deleteNamespace("live", { writer: "people" });
  await Promise.all([first.over, second.over]);
  const late = run(store, worldOf(), "c3", "config");
  await late.over;
  expect([first.led.length, second.led, late.led]).toEqual([1, [], []]);
  expect(await store.list("live")).toEqual([]);
});

it("evens out the work when people order it, writes down what it moved, and each task is done once", async () => {
  const store = openMemoryStore({ clock: realClock });
  const world = worldOf();
  let open = (): void => undefined;
  world.gate = new Promise((resolve) => (open = resolve));
  // Only the first comes up for now; the others follow when it holds all it can.
  for (let born = 2; born <= 60; born += 1) world.dead.add(`agent-1-${born}`);
  const { effects } = run(store, world, "c1");
  await until(() => world.alive.size === 1);
  await push(store, ids(0, 2));
  await until(() => effects.filter(({ kind }) => kind === "send").length === 2);
  world.alive.add("agent-1-2");
  world.reports?.happened({ kind: "joined", agentId: "agent-1-2", capabilities: [], holding: [] });
  await orderRebalance(store, "live", { orderId: "order_1", gap: 0 }, "people");
  await until(async () => (await store.get("live", "rebalances/order_1")) !== null);
  const [, second] = effects.filter((effect) => effect.kind === "send");
  expect((await store.get("live", "rebalances/order_1"))?.value).toMatchObject({
    leader: "c1",
    epoch: 1,
    gap: 0,
    slots: 2,
    moves: [{ taskId: second?.taskId, from: "agent-1-1", to: "agent-1-2", fence: second?.fence }],
  });
  open();
  await until(async () => (await doneIn(store)) === 2);
  expect(effects.filter(({ kind }) => kind === "fenced")).toHaveLength(1);
  const results = await store.list("live", "results/");
  expect(
    results.map(({ version, value }) => [version, isRecord(value) && isRecord(value.result) && value.result.agentId]),
  ).toEqual([
    [1, "agent-1-1"],
    [1, "agent-1-2"],
  ]);
});
