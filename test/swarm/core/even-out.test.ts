// People's order to even out the work: what moves, what stays, and that every task is still done once.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SwarmEffect } from "../../../src/swarm/core/effects.ts";
import { answer, drive, offer, only } from "./drive.ts";

const order = { kind: "rebalance", gap: 0.3 } as const;
const slots = { slotsPerAgent: 8 };

describe("rebalance", () => {
  it("takes what waits behind a busy agent's first task and gives it to others under new fences", () => {
    const step = drive(slots);
    step.join(1);
    const sent = ["t1", "t2", "t3", "t4"].flatMap((id) => only(step(offer(id)), "send"));
    step({ kind: "joined", agentId: "a2", capabilities: [], holding: [] });
    const effects = step({ ...order, gap: 0.2 });
    expect(effects.map(({ kind }) => kind)).toEqual(["moved", "send", "moved", "send"]);
    expect(only(effects, "moved")).toEqual([
      { kind: "moved", agentId: "a1", to: "a2", taskId: "t4", fence: sent[3]?.fence },
      { kind: "moved", agentId: "a1", to: "a2", taskId: "t3", fence: sent[2]?.fence },
    ]);
    expect(only(effects, "send").map(({ agentId, taskId }) => [agentId, taskId])).toEqual([
      ["a2", "t4"],
      ["a2", "t3"],
    ]);
    // What the first agent still says of a task that was taken from it counts for nothing.
    expect(step(answer("a1", "t4", sent[3]?.fence ?? 0))).toEqual([
      { kind: "fenced", agentId: "a1", taskId: "t4", fence: sent[3]?.fence },
    ]);
    expect(step.counts()).toMatchObject({ leased: 4, queued: 0, waiting: 0 });
  });

  it("moves nothing below the threshold, from one agent alone, or on standby", () => {
    const one = drive(slots);
    one.join(1);
    one(offer("t1"));
    one(offer("t2"));
    expect(one({ ...order, gap: 0 })).toEqual([]);
    one({ kind: "joined", agentId: "a2", capabilities: [], holding: [] });
    expect(one(order)).toEqual([]);
    one({ kind: "lease-lost" });
    expect(one({ ...order, gap: 0 })).toEqual([]);
  });

  it("costs a task none of its attempts", () => {
    const step = drive({ ...slots, maxAttempts: 1 });
    step.join(1);
    step(offer("t1"));
    step(offer("t2"));
    step({ kind: "joined", agentId: "a2", capabilities: [], holding: [] });
    const [send] = only(step({ ...order, gap: 0 }), "send");
    step.durable();
    step(answer("a2", send?.taskId ?? "", send?.fence ?? 0));
    expect(only(step.durable(), "done")).toMatchObject([{ taskId: "t2", result: "t2 by a2" }]);
  });

  it("loses and repeats nothing, whatever it comes between", () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant("offer" as const) }),
      fc.record({ kind: fc.constant("order" as const), gap: fc.constantFrom(0, 0.1, 0.3) }),
      fc.record({ kind: fc.constant("answer" as const), pick: fc.nat(40) }),
      fc.record({ kind: fc.constant("exit" as const), agent: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant("join" as const), agent: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const step = drive({ slotsPerAgent: 4, maxAttempts: 1_000, distribution: "round-robin" });
        step.join(1);
        const leases: { agentId: string; taskId: string; fence: number }[] = [];
        const done: string[] = [];
        const see = (effects: readonly SwarmEffect[]): void => {
          leases.push(...only(effects, "send"));
          done.push(...only(effects, "done").map(({ taskId }) => taskId));
        };
        let offered = 0;
        for (const one of acts) {
          if (one.kind === "offer") see(step(offer(`t${offered++}`)));
          if (one.kind === "order") {
            const before = step.counts();
            see(step({ kind: "rebalance", gap: one.gap }));
            expect(step.counts()).toEqual(before);
          }
          // Old leases answer too: they are fenced.
          const lease = one.kind === "answer" ? leases[one.pick % Math.max(1, leases.length)] : undefined;
          if (lease !== undefined) see(step(answer(lease.agentId, lease.taskId, lease.fence)));
          if (one.kind === "exit") see(step({ kind: "exited", agentId: `a${one.agent}`, sandboxGone: false }));
          if (one.kind === "join") {
            see(step({ kind: "joined", agentId: `a${one.agent}`, capabilities: [], holding: [] }));
          }
          see(step.durable());
        }
        see(step({ kind: "joined", agentId: "a1", capabilities: [], holding: [] }));
        for (let at = 0; at < leases.length; at += 1) {
          const { agentId, taskId, fence } = leases[at] ?? { agentId: "", taskId: "", fence: 0 };
          see(step(answer(agentId, taskId, fence)));
          see(step.durable());
        }
        expect(done.length).toBe(new Set(done).size);
        expect(step.counts().dead).toBe(0);
        expect(done.length + step.counts().queued + step.counts().leased).toBe(offered);
      }),
      { numRuns: 200 },
    );
  });
});
