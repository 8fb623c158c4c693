// A world for coordinators: agents made of callbacks, over a record that the test brings.
import { generateKeyPairSync, sign } from "node:crypto";
import { canonicalJson } from "../../../src/contracts/json.ts";
import type { Post } from "../../../src/contracts/live-swarm.ts";
import type { SignedAnswer } from "../../../src/swarm/round.ts";
import type { RecordStore } from "../../../src/contracts/record-store.ts";
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import type { SwarmEffect } from "../../../src/swarm/core/effects.ts";
import { defaultPolicy } from "../../../src/swarm/core/policy.ts";
import type { Bodies, BodyReports } from "../../../src/swarm/runtime/bodies.ts";
import { coordinate } from "../../../src/swarm/runtime/coordinate.ts";

export interface World {
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

export function worldOf(): World {
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

export interface Running {
  readonly effects: SwarmEffect[];
  readonly led: number[];
  readonly ceased: (string | null)[];
  /** Resolves when it has gone by itself, or was asked to. */
  readonly over: Promise<void>;
  readonly leave: () => Promise<void>;
}

const running: Running[] = [];

/** For the end of every test. */
export async function leaveAll(): Promise<void> {
  await Promise.all(running.splice(0).map(({ leave }) => leave()));
}

export function run(store: RecordStore, world: World, writer: string, onlyWhile?: string): Running {
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
      ...(onlyWhile === undefined ? {} : { onlyWhile }),
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
    over,
    async leave() {
      leaving.abort();
      await over;
    },
  };
  running.push(one);
  return one;
}

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 1) {
    if (waited > 1_000) throw new Error("it did not come to that");
    await realClock.sleep(10);
  }
}

export const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `t${from + i}`);
export const push = (store: RecordStore, taskIds: readonly string[]): Promise<unknown> =>
  store.queue("live", "tasks").push(
    taskIds.map((taskId) => ({ taskId, payload: taskId })),
    { writer: "source" },
  );
export const vote = (store: RecordStore, taskId: string): Promise<unknown> =>
  store.queue("live", "tasks").push([{ taskId, payload: { vote: true } }], { writer: "source" });
export const resultOf = async (store: RecordStore, taskId: string): Promise<unknown> => {
  await until(async () => (await store.get("live", `results/${taskId}`)) !== null);
  return (await store.get("live", `results/${taskId}`))?.value;
};
export const doneIn = async (store: RecordStore): Promise<number> => (await store.queue("live", "tasks").counts()).done;
