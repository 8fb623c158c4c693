// The runtime over a record without a disk and agents made of callbacks: who leads, what is refused, what goes on.
import { generateKeyPairSync, sign } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import { canonicalJson, isRecord } from "../../../src/contracts/json.ts";
import type { Post } from "../../../src/contracts/live-swarm.ts";
import type { SignedAnswer } from "../../../src/swarm/round.ts";
import type { RecordStore } from "../../../src/contracts/record-store.ts";
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { openMemoryStore } from "../../../src/memory/memory-store.ts";
import type { SwarmEffect } from "../../../src/swarm/core/effects.ts";
import { defaultPolicy } from "../../../src/swarm/core/policy.ts";
import type { Bodies, BodyReports } from "../../../src/swarm/runtime/bodies.ts";
import { coordinate } from "../../../src/swarm/runtime/coordinate.ts";
import { orderRebalance } from "../../../src/swarm/runtime/orders.ts";

interface World {
  /** Agents whose program is gone and cannot be brought back. */
  readonly dead: Set<string>;
  readonly alive: Set<string>;
  /** Answers wait for this. */
  gate: Promise<void>;
  /** Tells whoever leads. */
  reports: BodyReports | null;
  /** Whose key an agent signs with; its own, unless it is an impostor. */
  signsAs: (agentId: string) => string;
}

const keys = new Map<string, KeyPairSyncResult>();
type KeyPairSyncResult = ReturnType<typeof keyPair>;

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { privateKey, publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64") };
}

function keyOf(agentId: string): KeyPairSyncResult {
  const key = keys.get(agentId) ?? keyPair();
  keys.set(agentId, key);
  return key;
}

function answerOf(agentId: string, round: string, signer: string): SignedAnswer {
  const what = {
    role: "momentum",
    symbol: "AAPL",
    vote: "buy",
    conviction: 1,
    strategy: "momentum",
    figures: {},
  } as const;
  const proposal = { ...what, agentId, round, inputsSha256: "0".repeat(64) };
  const signature = sign(null, Buffer.from(canonicalJson(proposal)), keyOf(signer).privateKey).toString("base64");
  return { proposal, signature };
}

const post: Post = { postId: "any", role: "momentum", symbols: [], params: {} };

function worldOf(): World {
  return { dead: new Set(), alive: new Set(), gate: Promise.resolve(), reports: null, signsAs: (agentId) => agentId };
}

function bodiesIn(world: World, reports: BodyReports): Bodies {
  world.reports = reports;
  const bring = async (agentId: string): Promise<void> => {
    await Promise.resolve();
    if (world.dead.has(agentId)) return reports.happened({ kind: "not-started", agentId, sandboxGone: true });
    world.alive.add(agentId);
    const { publicKey } = keyOf(agentId);
    await reports.settle(agentId, { sandboxId: `home of ${agentId}`, processId: 1, publicKey, post, sinceMs: 1 });
    reports.happened({ kind: "joined", agentId, capabilities: [], holding: [] });
  };
  const order = (agentId: string): void => void bring(agentId);
  return {
    start: order,
    adopt: order,
    restart: order,
    replace: order,
    stop: (agentId) => void world.alive.delete(agentId),
    send(agentId, { taskId, fence, payload }) {
      void world.gate.then(() => {
        if (world.alive.has(agentId)) reports.answered({ agentId, taskId, fence, result: { payload, agentId } });
      });
    },
    ask(agentId, { taskId: voteId }) {
      const answer = world.alive.has(agentId) ? answerOf(agentId, voteId, world.signsAs(agentId)) : null;
      queueMicrotask(() => reports.voted({ agentId, voteId, answer }));
    },
    recall: () => undefined,
    kill: () => undefined,
    silentMs: () => 0,
    beats: () => world.alive.forEach((agentId) => reports.happened({ kind: "beat", agentId })),
    sweep: async () => undefined,
    ended: async () => undefined,
    detach: async () => undefined,
  };
}

interface Running {
  readonly effects: SwarmEffect[];
  readonly led: number[];
  readonly ceased: (string | null)[];
  readonly leave: () => Promise<void>;
}

const running: Running[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ leave }) => leave()));
});

function run(store: RecordStore, world: World, writer: string): Running {
  const leaving = new AbortController();
  const [effects, led, ceased]: [SwarmEffect[], number[], (string | null)[]] = [[], [], []];
  const over = coordinate(
    {
      store,
      namespace: "live",
      queueName: "tasks",
      writer,
      clock: realClock,
      random: seededRandom(1),
      policy: { ...defaultPolicy, tickMs: 20, scale: { ...defaultPolicy.scale, min: 5, max: 5 } },
      ttlMs: 1_000,
      renewEveryMs: 50,
      window: 20,
      claimMs: 300,
      fallback: post,
      self: { pid: 1, startedAt: "then", host: "here" },
      openBodies: (reports) => bodiesIn(world, reports),
      led: (epoch) => led.push(epoch),
      ceased: (_, reason) => ceased.push(reason?.code ?? null),
      tell: (effect) => effects.push(effect),
    },
    leaving.signal,
  );
  const one = {
    effects,
    led,
    ceased,
    async leave() {
      leaving.abort();
      await over;
    },
  };
  running.push(one);
  return one;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 1) {
    if (waited > 1_000) throw new Error("it did not come to that");
    await realClock.sleep(10);
  }
}

const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `t${from + i}`);
const push = (store: RecordStore, taskIds: readonly string[]): Promise<unknown> =>
  store.queue("live", "tasks").push(
    taskIds.map((taskId) => ({ taskId, payload: taskId })),
    { writer: "source" },
  );
const vote = (store: RecordStore, taskId: string): Promise<unknown> =>
  store.queue("live", "tasks").push([{ taskId, payload: { vote: true } }], { writer: "source" });
const resultOf = async (store: RecordStore, taskId: string): Promise<unknown> => {
  await until(async () => (await store.get("live", `results/${taskId}`)) !== null);
  return (await store.get("live", `results/${taskId}`))?.value;
};
const doneIn = async (store: RecordStore): Promise<number> => (await store.queue("live", "tasks").counts()).done;

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
