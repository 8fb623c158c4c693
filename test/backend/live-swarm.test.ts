// A live swarm as people steer it: grown, shrunk and ended through the record while it works, its coordinator a process of its
// own over real sandboxes. Nothing it was asked is lost, and nothing of it is left.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Decision } from "../../src/contracts/ballots.ts";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { realClock } from "../../src/host/clock.ts";
import { ensureLocalServer } from "../../src/local/daemon.ts";
import { localEnvironment } from "../../src/local/environment.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { isSignedBy } from "../../src/swarm/decide-round.ts";
import type { SignedAnswer } from "../../src/swarm/round.ts";
import { changeWanted } from "../../src/swarm/runtime/wanted.ts";
import { makeDaemonHome, noBwrap, type DaemonHome } from "../local/harness.ts";

const program = join(import.meta.dirname, "../../dist/src/backend/coordinator-main.js");
const namespace = "live";

describe.skipIf(noBwrap !== null)(`a live swarm (skipped when: ${noBwrap ?? "never"})`, () => {
  let home: DaemonHome;
  let store: RecordStore;
  let coordinator: ChildProcess;
  beforeEach(async () => {
    home = makeDaemonHome();
    await ensureLocalServer(home.options);
    const env = { ...home.options.env, HOME: home.folder, E2B_SWARM_STATE: home.folder };
    store = await openSqliteStore({ path: join(home.folder, ".swarm/record.sqlite"), clock: realClock });
    coordinator = spawn(process.execPath, [program, JSON.stringify({ namespace, agents: 2 })], {
      env,
      stdio: "ignore",
    });
  });
  afterEach(async () => {
    coordinator.kill("SIGKILL");
    await store.close();
    await home.remove();
  });

  const places = async (): Promise<number> => (await store.list(namespace, "places/")).length;
  const want = (min: number, max: number, ended = false) =>
    changeWanted(store, namespace, "test", (present) => ({ ...present, min, max, ended }));
  const sandboxes = async (): Promise<number> => {
    const server = await ensureLocalServer(home.options);
    const { E2B_API_URL, E2B_API_KEY } = localEnvironment(server);
    const answer = await fetch(`${E2B_API_URL}/v2/sandboxes`, { headers: { "x-api-key": E2B_API_KEY } });
    const listed: unknown = await answer.json();
    return Array.isArray(listed) ? listed.length : -1;
  };

  it("grows, shrinks and ends, and does everything it was asked", { timeout: 120_000 }, async () => {
    const queue = store.queue(namespace, "tasks");
    const tasks = Array.from({ length: 300 }, (_, i) => ({
      taskId: `t${i}`,
      payload: { symbol: "AAPL", day: "2017-01-03", bars: 60 },
    }));
    await expect.poll(places, { timeout: 30_000 }).toBe(2);
    await queue.push(tasks, { writer: "test" });
    await want(4, 4);
    await expect.poll(places, { timeout: 30_000 }).toBe(4);
    await want(1, 1);
    await expect.poll(places, { timeout: 30_000 }).toBe(1);
    await expect.poll(async () => (await store.list(namespace, "results/")).length, { timeout: 30_000 }).toBe(300);
    await expect.poll(sandboxes, { timeout: 30_000 }).toBe(1);
    const ended = once(coordinator, "exit");
    await want(0, 0, true);
    expect((await ended)[0]).toBe(0);
    expect([await places(), (await store.list(namespace, "agents/")).length, await sandboxes()]).toEqual([0, 0, 0]);
    const versions = (await store.list(namespace, "results/")).map(({ version }) => version);
    expect(new Set(versions)).toEqual(new Set([1]));
  });

  it(
    "votes: a panel of real agents decides, and a stranger can check what each signed",
    { timeout: 60_000 },
    async () => {
      await want(5, 5);
      await expect.poll(places, { timeout: 30_000 }).toBe(5);
      const payload = { symbol: "AAPL", day: "2017-01-03", bars: 300, vote: true };
      await store.queue(namespace, "tasks").push([{ taskId: "v1", payload }], { writer: "test" });
      await expect.poll(() => store.get(namespace, "results/v1"), { timeout: 30_000 }).not.toBeNull();
      const result = (await store.get(namespace, "results/v1"))?.value;
      expect(result).toMatchObject({
        outcome: "decided",
        decision: { round: "v1", reason: "agreed", rejected: [], assignedWeightPpm: 4_000_000 },
      });
      const { answers, decision } = votedOf(result);
      expect(answers.map((answer, i) => isSignedBy(answer, decision.members[i]?.publicKey ?? ""))).toEqual(
        answers.map(() => true),
      );
      expect(new Set(answers.map(({ proposal }) => proposal.vote))).toEqual(new Set([decision.action]));
    },
  );

  it("refuses a size that cannot be", async () => {
    for (const [min, max] of [
      [2, 1],
      [-1, 1],
      [0, 201],
      [0.5, 1],
    ] as const)
      await expect(want(min, max)).rejects.toMatchObject({ code: "usage.invalid", details: { min, max } });
    await store.put(namespace, "wanted", { min: "many" }, { writer: "somebody", ttlSeconds: null });
    await expect.poll(places, { timeout: 30_000 }).toBe(2);
  });
});

interface Voted {
  readonly answers: readonly SignedAnswer[];
  readonly decision: Decision;
}

/** Answers in the order of the members. */
function votedOf(result: unknown): Voted {
  const { answers, decision }: Voted = JSON.parse(JSON.stringify(result));
  const order = decision.members.map(({ agentId }) => agentId);
  const at = ({ proposal }: SignedAnswer): number => order.indexOf(proposal.agentId);
  return { answers: answers.toSorted((a, b) => at(a) - at(b)), decision };
}
