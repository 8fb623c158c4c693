import { describe, expect, it } from "vitest";
import type { SwarmEffect } from "../../../src/swarm/core/effects.ts";
import { defaultPolicy } from "../../../src/swarm/core/policy.ts";
import { openSwarmState, stepSwarm } from "../../../src/swarm/core/step.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { answer, drive, offer, only } from "./drive.ts";

const epoch = 2 ** 32;
const kinds = (effects: readonly SwarmEffect[]): string[] => effects.map(({ kind }) => kind);

describe("a task", () => {
  it("is leased, answered once, and called done only when durable", () => {
    const step = drive();
    step.join(1);
    step.durable();
    const offered = step(offer("t1"));
    expect(kinds(offered)).toEqual(["record", "send"]);
    expect(only(offered, "send")).toEqual([
      { kind: "send", agentId: "a1", taskId: "t1", fence: epoch + 1, leaseMs: 30_000, hops: 1, resumed: false },
    ]);
    expect(step.durable()).toEqual([{ kind: "accepted", taskId: "t1" }]);
    expect(kinds(step(answer("a1", "t1", epoch + 1)))).toEqual(["record"]);
    expect(step(answer("a1", "t1", epoch + 1))).toEqual([]);
    expect(step.counts()).toMatchObject({ committing: 1, done: 0 });
    expect(step.durable()).toEqual([{ kind: "done", taskId: "t1", fence: epoch + 1, result: "t1 by a1" }]);
    expect(step(offer("t1"))).toEqual([{ kind: "done", taskId: "t1", fence: epoch + 1, result: "t1 by a1" }]);
    expect(step.counts()).toMatchObject({ taken: 1, done: 1, queued: 0, leased: 0 });
  });

  it("is refused when the queue is full, and nothing is dropped", () => {
    const step = drive({ queueLimit: 2 });
    for (const id of ["t1", "t2"]) step(offer(id));
    expect(step(offer("t3"))).toEqual([{ kind: "full", taskId: "t3", waiting: 2 }]);
    step.join(1);
    expect(step.counts()).toMatchObject({ leased: 2, queued: 0, taken: 2 });
  });

  it("goes to another agent when its own exits, and the late answer is fenced", () => {
    const step = drive();
    step.join(2);
    const [first] = only(step(offer("t1")), "send");
    const exit = step({ kind: "exited", agentId: first?.agentId ?? "", sandboxGone: false });
    expect(only(exit, "detected")).toEqual([{ kind: "detected", agentId: "a1", by: "exit", silentMs: 0 }]);
    expect(only(exit, "send")).toMatchObject([{ agentId: "a2", taskId: "t1", fence: epoch + 2 }]);
    expect(step(answer("a1", "t1", epoch + 1))).toEqual([
      { kind: "fenced", agentId: "a1", taskId: "t1", fence: epoch + 1 },
    ]);
    expect(kinds(step(answer("a2", "t1", epoch + 2)))).toEqual(["record"]);
  });

  it("is not answered by an agent that guessed the fence", () => {
    const step = drive();
    step.join(2);
    step(offer("t1"));
    expect(kinds(step(answer("a2", "t1", epoch + 1)))).toEqual(["fenced"]);
  });

  it("waits again when its lease runs out, longer with progress, and is dead after its attempts", () => {
    const step = drive({ leaseMs: 1_000, maxAttempts: 2 });
    step.join(1);
    step(offer("t1"));
    step.run(800);
    step({ kind: "progressed", agentId: "a1", taskId: "t1", fence: epoch + 1 });
    expect(only(step.run(800), "expired")).toEqual([]);
    const over = step.run(400);
    expect(only(over, "expired")).toMatchObject([{ agentId: "a1", taskId: "t1", fence: epoch + 1 }]);
    expect(only(over, "send")).toMatchObject([{ fence: epoch + 2 }]);
    const dead = [...step.run(1_200), ...step.durable()];
    expect(only(dead, "dead")).toEqual([{ kind: "dead", taskId: "t1", attempts: 2 }]);
    expect(step.counts()).toMatchObject({ dead: 1, queued: 0, leased: 0 });
  });

  it("is moved from a stacked agent to an idle one, after it was given back unbegun", () => {
    const step = drive({ distribution: "round-robin" });
    step.join(1);
    step(offer("t1"));
    step(offer("t2"));
    step({ kind: "joined", agentId: "a2", capabilities: [], holding: [] });
    const [recall] = only(step.run(6_000), "recall");
    expect(recall).toEqual({ kind: "recall", agentId: "a1", taskId: "t2", fence: epoch + 2 });
    const moved = step({ kind: "returned", agentId: "a1", taskId: "t2", fence: epoch + 2, unbegun: true });
    expect(only(moved, "send")).toMatchObject([{ taskId: "t2", fence: epoch + 3 }]);
    expect(step.counts()).toMatchObject({ leased: 2, queued: 0 });
  });
});

describe("an agent", () => {
  it("is restarted three times within the window, then replaced, and begins anew", () => {
    const step = drive();
    step.join(1);
    const rungs: string[] = [];
    for (let fall = 0; fall < 13; fall += 1) {
      const effects = step({ kind: "exited", agentId: "a1", sandboxGone: false }, 10);
      rungs.push(...kinds(effects).filter((kind) => ["restart", "replace", "escalated"].includes(kind)));
      step({ kind: "joined", agentId: "a1", capabilities: [], holding: [] });
    }
    const round = ["restart", "restart", "restart", "replace"];
    expect(rungs).toEqual([...round, ...round, ...round, "restart"]);
  });

  it("is replaced at once when its sandbox is gone, and escalates when that does not help", () => {
    const step = drive();
    step.join(1);
    const seen: string[] = [];
    for (let fall = 0; fall < 4; fall += 1) {
      seen.push(...kinds(step({ kind: "exited", agentId: "a1", sandboxGone: true }, 10)));
      step({ kind: "joined", agentId: "a1", capabilities: [], holding: [] });
    }
    expect(seen.filter((kind) => ["restart", "replace", "escalated"].includes(kind))).toEqual([
      "replace",
      "replace",
      "replace",
      "escalated",
    ]);
  });

  it("is found silent after less than a second, and not because the observer slept", () => {
    const step = drive();
    step.join(2);
    step.run(1_000);
    expect(only(step({ kind: "tick" }, 60_000), "detected")).toEqual([]);
    expect(only(step.run(400), "detected")).toEqual([]);
    expect(only(step.run(1_400, ["a2"]), "detected")).toEqual([
      { kind: "detected", agentId: "a2", by: "silence", silentMs: 800 },
    ]);
    const [back] = only(step({ kind: "joined", agentId: "a2", capabilities: [], holding: [] }, 100), "recovered");
    expect(back?.agentId).toBe("a2");
    expect(step.counts()).toMatchObject({ ready: 2, error: 0 });
  });

  it("is called down when it does not join in time", () => {
    const step = drive({ scale: { ...defaultPolicy.scale, min: 1 }, joinWithinMs: 2_000 });
    expect(only(step.run(200), "start")).toEqual([{ kind: "start", agentId: "agent-1-1" }]);
    const late = step.run(2_400);
    expect(only(late, "detected")).toMatchObject([{ agentId: "agent-1-1", by: "no-join" }]);
    expect(only(late, "restart")).toHaveLength(1);
  });
});

it("judges nobody by a tenure it had before: what was listened to and awaited then is forgotten", () => {
  const step = drive();
  step.join(3);
  step({ kind: "lease-lost" });
  step.run(400);
  const agents = ["a1", "a2"].map((agentId) => ({ kind: "agent", agentId, capabilities: [] }) as const);
  step({ kind: "lease-won", epoch: 5, record: agents });
  for (const { agentId } of agents) step({ kind: "joined", agentId, capabilities: [], holding: [] });
  const later = Array.from({ length: 100 }, () => [
    ...step({ kind: "beat", agentId: "a1" }, 200),
    ...step({ kind: "beat", agentId: "a2" }),
    ...step({ kind: "tick" }),
  ]).flat();
  const judged = new Set(["detected", "restart", "replace", "expired"]);
  expect(later.filter(({ kind }) => judged.has(kind))).toEqual([]);
});

describe("scaling", () => {
  const scale = { ...defaultPolicy.scale, min: 2, max: 6 };

  it("starts more when busy, to the quota and no further, and drains the idle without losing work", () => {
    const step = drive({ scale });
    step.run(200);
    for (const id of ["agent-1-1", "agent-1-2"]) {
      step({ kind: "joined", agentId: id, capabilities: [], holding: [] });
    }
    for (let at = 1; at <= 8; at += 1) step(offer(`t${at}`));
    const up = step.run(400);
    expect(only(up, "scaled")).toEqual([{ kind: "scaled", from: 2, to: 3 }]);
    expect(only(up, "start")).toEqual([{ kind: "start", agentId: "agent-1-3" }]);
    step({ kind: "joined", agentId: "agent-1-3", capabilities: [], holding: [] });
    const later = step.run(59_000);
    expect(only(later, "scaled")).toEqual([]);
    expect(step.counts()).toMatchObject({ leased: 6, queued: 2 });
  });

  it("lets the one go that is named, after what it holds, and nobody comes in its place", () => {
    const step = drive({ scale: { ...defaultPolicy.scale, min: 3, max: 3 } });
    step.join(3);
    const [sent] = step(offer("t1")).filter((effect) => effect.kind === "send");
    const holder = sent?.agentId ?? "";
    const others = ["a1", "a2", "a3"].filter((id) => id !== holder);
    const effects = step({ kind: "resize", min: 1, max: 1, leaving: [holder, others[0] ?? ""] });
    expect(effects.filter(({ kind }) => kind === "stop")).toEqual([{ kind: "stop", agentId: others[0] }]);
    expect(step.counts()).toMatchObject({ ready: 1, draining: 1, wanted: 1, leased: 1 });
    step(answer(holder, "t1", sent?.fence ?? 0));
    step.durable();
    expect(step.run(2_000, []).filter(({ kind }) => kind === "start")).toEqual([]);
    expect(step.counts()).toMatchObject({ ready: 1, offline: 2, done: 1, wanted: 1 });
  });

  it("keeps on standby what people want, and starts from it", () => {
    const step = drive({ scale: { ...defaultPolicy.scale, min: 5, max: 5 } });
    step({ kind: "lease-lost" });
    expect(step({ kind: "resize", min: 0, max: 0, leaving: [] })).toEqual([]);
    step({ kind: "lease-won", epoch: 2, record: [] });
    expect(step.run(1_000).filter(({ kind }) => kind === "start")).toEqual([]);
  });

  it("drains before it stops: what an agent holds is finished first", () => {
    const step = drive({ scale: { ...scale, min: 1 }, distribution: "round-robin", slotsPerAgent: 4 });
    const agents = ["a1", "a2", "a3"].map((agentId) => ({ kind: "agent", agentId, capabilities: [] }) as const);
    step({ kind: "lease-won", epoch: 2, record: agents });
    step.join(3);
    for (const id of ["t1", "t2", "t3"]) step(offer(id));
    const down = step.run(200);
    expect(only(down, "scaled")).toEqual([{ kind: "scaled", from: 3, to: 2 }]);
    expect(only(down, "stop")).toEqual([]);
    expect(step.counts()).toMatchObject({ ready: 2, draining: 1, leased: 3 });
    const done = step(answer("a1", "t1", 2 * epoch + 1));
    expect(only(done, "stop")).toEqual([{ kind: "stop", agentId: "a1" }]);
    expect(step.counts()).toMatchObject({ ready: 2, draining: 0, offline: 1, committing: 1 });
  });
});

describe("a new leader", () => {
  it("knows what the record holds, adopts the running agents and resumes what they hold under a new fence", () => {
    const step = drive();
    const won = step({
      kind: "lease-won",
      epoch: 2,
      record: [
        { kind: "agent", agentId: "a1", capabilities: ["work"] },
        { kind: "agent", agentId: "gone", capabilities: [] },
        { kind: "agent-gone", agentId: "gone" },
        { kind: "task", taskId: "t1", capability: null },
        { kind: "task", taskId: "t2", capability: null },
        { kind: "done", taskId: "t2", fence: 7, result: "r" },
      ],
    });
    expect(won).toEqual([{ kind: "adopt", agentId: "a1" }]);
    expect(step.counts()).toMatchObject({ taken: 2, queued: 1, done: 1, initializing: 1 });
    const holding = [
      { taskId: "t1", fence: 5 },
      { taskId: "t2", fence: 7 },
    ];
    const joined = step({ kind: "joined", agentId: "a1", capabilities: ["work"], holding });
    expect(only(joined, "send")).toMatchObject([{ taskId: "t1", fence: 2 * epoch + 1, resumed: true }]);
    expect(only(joined, "fenced")).toMatchObject([{ taskId: "t2", fence: 7 }]);
    expect(step(offer("t2"))).toEqual([{ kind: "done", taskId: "t2", fence: 7, result: "r" }]);
  });

  it("that lost its lease says nothing more", () => {
    const step = drive();
    step.join(1);
    step({ kind: "lease-lost" });
    expect(step(offer("t1"))).toEqual([]);
    expect(step({ kind: "tick" }, 200)).toEqual([]);
  });
});

describe("the step", () => {
  it("uses a state once", () => {
    const options = { policy: defaultPolicy, random: seededRandom(1), verify: () => true, keyOf: (id: string) => id };
    const state = openSwarmState(options);
    stepSwarm(state, { kind: "tick" }, 0);
    expect(() => stepSwarm(state, { kind: "tick" }, 1)).toThrow(/a state is stepped once/);
  });
});
