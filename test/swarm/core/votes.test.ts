// Votes of the core: panels, silence, liars.
import { describe, expect, it } from "vitest";
import type { SwarmEffect } from "../../../src/swarm/core/effects.ts";
import { defaultPolicy } from "../../../src/swarm/core/policy.ts";
import { drive, only } from "./drive.ts";

describe("a vote", () => {
  const ballot = (agentId: string, vote: "buy" | "sell", voteId = "v1") => ({
    agentId,
    round: voteId,
    vote,
    convictionPpm: 500_000,
    inputsSha256: "0".repeat(64),
    signature: `key ${agentId}`,
  });
  const ask = (step: ReturnType<typeof drive>): readonly SwarmEffect[] =>
    step({ kind: "offered", taskId: "v1", capability: null, vote: true });

  it("waits under a new leader for the agents it is still finding, and asks each when it has joined", () => {
    const step = drive({ scale: { ...defaultPolicy.scale, min: 3, max: 3 } });
    const record = ["a1", "a2", "a3"].map((agentId) => ({ kind: "agent", agentId, capabilities: [] }) as const);
    step({ kind: "lease-won", epoch: 2, record });
    expect(step({ kind: "offered", taskId: "v1", capability: null, vote: true })).toEqual([]);
    step({ kind: "joined", agentId: "a3", capabilities: [], holding: [] });
    const asked = step({ kind: "joined", agentId: "a1", capabilities: [], holding: [] });
    expect(only(asked, "ask")).toEqual([{ kind: "ask", agentId: "a1", voteId: "v1", hops: 1 }]);
    step({ kind: "voted", agentId: "a1", voteId: "v1", ballots: [ballot("a1", "buy")] });
    step({ kind: "voted", agentId: "a3", voteId: "v1", ballots: [ballot("a3", "buy")] });
    // The third is not found: its sandbox is gone.
    const decided = step({ kind: "not-started", agentId: "a2", sandboxGone: true });
    expect(only(decided, "record").at(-1)?.entry).toMatchObject({ kind: "decision", voteId: "v1" });
  });

  it("is decided by the byzantine quorum of its panel and told when durable", () => {
    const step = drive();
    step.join(4);
    step.durable();
    expect(only(ask(step), "ask").map(({ agentId }) => agentId)).toEqual(["a1", "a2", "a3"]);
    for (const id of ["a1", "a2"]) step({ kind: "voted", agentId: id, voteId: "v1", ballots: [ballot(id, "buy")] });
    step({ kind: "voted", agentId: "a3", voteId: "v1", ballots: [ballot("a3", "buy")] });
    const [decided] = only(step.durable(), "decided");
    expect(decided?.decision).toMatchObject({ action: "buy", reason: "agreed" });
  });

  it("is no trade when too few answer in time, and the silence of the dead is counted at once", () => {
    const step = drive();
    step.join(3);
    step.durable();
    ask(step);
    step({ kind: "voted", agentId: "a1", voteId: "v1", ballots: [ballot("a1", "buy")] });
    step({ kind: "exited", agentId: "a2", sandboxGone: false });
    step({ kind: "exited", agentId: "a3", sandboxGone: false });
    const [decided] = only(step.durable(), "decided");
    expect(decided?.decision).toMatchObject({ action: "none", reason: "no-quorum" });
  });

  it("evicts who signed two different ballots", () => {
    const step = drive();
    step.join(3);
    ask(step);
    for (const id of ["a1", "a2"]) step({ kind: "voted", agentId: id, voteId: "v1", ballots: [ballot(id, "buy")] });
    const two = [ballot("a3", "buy"), ballot("a3", "sell")];
    const effects = step({ kind: "voted", agentId: "a3", voteId: "v1", ballots: two });
    expect(only(effects, "detected")).toEqual([{ kind: "detected", agentId: "a3", by: "equivocation", silentMs: 0 }]);
    expect(only(effects, "replace")).toHaveLength(1);
  });

  it("counts those that are down as members: four of five dead are no quorum, not a smaller panel", () => {
    const step = drive({ scale: { ...defaultPolicy.scale, min: 5, max: 5 } });
    step.join(5);
    step.durable();
    for (const agentId of ["a2", "a3", "a4", "a5"]) step({ kind: "exited", agentId, sandboxGone: false });
    expect(only(ask(step), "ask").map(({ agentId }) => agentId)).toEqual(["a1"]);
    step({ kind: "voted", agentId: "a1", voteId: "v1", ballots: [ballot("a1", "buy")] });
    const [decided] = only(step.durable(), "decided");
    expect(decided?.decision).toMatchObject({ action: "none", reason: "no-quorum", assignedWeightPpm: 4_000_000 });
    step({ kind: "exited", agentId: "a1", sandboxGone: false });
    step({ kind: "offered", taskId: "v2", capability: null, vote: true });
    expect(only(step.durable(), "decided")[0]?.decision).toMatchObject({ action: "none", reason: "no-quorum" });
  });

  it("needs a panel of three", () => {
    const step = drive();
    step.join(2);
    expect(ask(step)).toEqual([{ kind: "no-panel", voteId: "v1" }]);
  });
});
