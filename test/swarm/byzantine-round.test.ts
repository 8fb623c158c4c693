// A Byzantine round end to end over a real store: signed ballots in, one compare-and-set with the certificate, liars on record.
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { verifyAgreement } from "../../harness/verify/quorum-certificate.ts";
import { makeIdentity, type Identity } from "../../src/agents/program/identity.ts";
import { openVotes, type Votes } from "../../src/agents/program/votes.ts";
import type { Proposal, Task } from "../../src/contracts/frames.ts";
import { canonicalJson } from "../../src/contracts/json.ts";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { simulatedClock } from "../../src/host/clock.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { planRound, type RoundPlan } from "../../src/swarm/plan.ts";
import { readEvictions } from "../../src/swarm/record-decision.ts";
import { decisionKey, referenceSwarm } from "../../src/swarm/reference-swarm.ts";
import type { SignedAnswer } from "../../src/swarm/round.ts";
import { runRound, type Agents } from "../../src/swarm/run-round.ts";

const window = { symbol: "AAPL", t: [1], open: [1], high: [1], low: [1], close: [1], volume: [1] };
const rule = {
  mode: "byzantine",
  quorum: { num: 2, den: 3 },
  threshold: { num: 2, den: 3 },
  deadbandPpm: 200_000,
} as const;
const clock = simulatedClock();
let store: RecordStore;
let people: Map<string, { identity: Identity; votes: Votes }>;
beforeEach(() => {
  store = openMemoryStore({ clock });
  people = new Map(
    referenceSwarm.map(({ agentId }) => {
      const identity = makeIdentity();
      return [agentId, { identity, votes: openVotes(identity) }];
    }),
  );
});

async function planOf(round: string): Promise<RoundPlan> {
  const members = referenceSwarm.map(({ agentId, role, memoryKey, weightPpm }) => {
    return { agentId, role, memoryKey, weightPpm, publicKey: people.get(agentId)?.identity.publicKey ?? "" };
  });
  const electorate = { evictions: [...(await readEvictions(store, "ns"))] };
  return planRound({ round, symbol: "AAPL", namespace: "ns", rule, members, window, headlines: [], electorate });
}

function answer(agentId: string, task: Task, vote: Proposal["vote"], votes = people.get(agentId)?.votes): SignedAnswer {
  const identity = people.get(agentId)?.identity ?? makeIdentity();
  const role = referenceSwarm.find((one) => one.agentId === agentId)?.role ?? "momentum";
  const asked = { agentId, role, round: task.round, symbol: task.symbol, strategy: "s", figures: {} };
  const proposal: Proposal = { ...asked, vote, conviction: 0.5, inputsSha256: "0".repeat(64) };
  const cast = task.motion === undefined ? undefined : votes?.cast(task.motion, proposal);
  if (cast?.ok !== true) throw new Error(cast?.reason ?? "no motion");
  return { proposal, signature: identity.sign(canonicalJson(proposal)), ballot: cast.ballot };
}
const saying = (votes: Readonly<Record<string, Proposal["vote"]>>): Agents => ({
  ask: async (agentId, task) => answer(agentId, task, votes[agentId] ?? "buy"),
});
const run = async (round: string, agents: Agents) =>
  runRound({ plan: await planOf(round), agents, store, clock, coordinatorId: "c" });

describe("a Byzantine round", () => {
  it("records the certificate with the decision, and a stranger verifies it", async () => {
    const { decision, testimony } = await run("r1", saying({ "research-agent-2": "sell" }));
    expect([decision.action, decision.reason, testimony?.equivocations]).toEqual(["buy", "agreed", []]);
    const entry = await store.get("ns", decisionKey);
    const recorded = entry?.value as { decision: unknown; certificate: Parameters<typeof canonicalJson>[0] };
    expect([recorded.decision, recorded.certificate]).toEqual([decision, testimony?.certificate]);
    expect(verifyAgreement(canonicalJson(recorded.certificate)).problems).toEqual([]);
  });

  it("trades nothing without a quorum, and records that there is no certificate", async () => {
    const { decision, testimony } = await run("r1", saying({ "research-agent-1": "sell", "research-agent-2": "hold" }));
    expect([decision.action, decision.reason, testimony?.certificate]).toEqual(["none", "below-threshold", null]);
    expect((await store.get("ns", decisionKey))?.value).toMatchObject({ certificate: null });
  });

  it("proves a liar that told another coordinator otherwise, and evicts it from the next round", async () => {
    const liar = "research-agent-2";
    const plan = await planOf("r1");
    const task = plan.assignments.find(({ member }) => member.agentId === liar)?.task;
    const identity = people.get(liar)?.identity;
    if (task === undefined || identity === undefined) throw new Error("the liar is a member");
    const told = answer(liar, task, "sell", openVotes(identity));
    await store.put("ns", "swarm/research-2/sentiment", JSON.parse(canonicalJson({ round: "r1", ...told })), {
      writer: liar,
    });
    const one = await run("r1", saying({}));
    expect(one.decision).toMatchObject({ action: "buy", rejected: [{ agentId: liar }, { agentId: liar }] });
    const [proof] = one.testimony?.equivocations ?? [];
    expect(proof?.ballots.map(({ agentId, vote }) => [agentId, vote])).toEqual([
      [liar, "buy"],
      [liar, "sell"],
    ]);
    expect(verifyAgreement(canonicalJson(proof ?? null)).problems).toEqual([]);
    const two = await run("r2", saying({ "research-agent-1": "hold" }));
    expect(two.decision).toMatchObject({
      action: "none",
      reason: "below-threshold",
      rejected: [{ agentId: liar, reason: "evicted" }],
    });
    const three = await run("r3", saying({}));
    expect(three.testimony?.certificate?.ballots.map(({ agentId }) => agentId)).not.toContain(liar);
    expect(three.decision.action).toBe("buy");
  });

  it("does not adopt a trade that another coordinator recorded without a certificate", async () => {
    const meanwhile = (certified: boolean): Agents => ({
      async ask(agentId, task) {
        if (agentId === "decision-coordinator") {
          const other = openMemoryStore({ clock });
          const plan = await planOf("r1");
          const asked = saying({});
          const { decision, testimony } = await runRound({
            plan,
            agents: asked,
            store: other,
            clock,
            coordinatorId: "d",
          });
          const certificate = certified ? (testimony?.certificate ?? null) : null;
          const value = JSON.parse(canonicalJson({ round: "r1", decision, certificate }));
          await store.put("ns", decisionKey, value, { writer: "d", ttlSeconds: null });
        }
        return answer(agentId, task, "buy");
      },
    });
    expect((await run("r1", meanwhile(true))).testimony?.certificate?.vote).toBe("buy");
    await store.delete("ns", decisionKey, { writer: "c" });
    await expect(run("r1", meanwhile(false))).rejects.toMatchObject({ code: "memory.conflict" });
  });

  it("refuses three voters before anyone is asked", async () => {
    const key = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).toString("base64");
    const members = referenceSwarm.slice(0, 3).map(({ agentId, role, memoryKey, weightPpm }, at) => {
      return { agentId, role, memoryKey, weightPpm, publicKey: `${key}${at}` };
    });
    expect(() =>
      planRound({ round: "r", symbol: "AAPL", namespace: "ns", rule, members, window, headlines: [] }),
    ).toThrow(
      expect.objectContaining({
        code: "usage.invalid",
        hint: "Give at least 4 members weight, or use the mode majority",
      }),
    );
  });

  it("an agent signs one ballot per round, the same one when asked the same again", () => {
    const votes = openVotes(makeIdentity());
    const motion = { swarm: "s", sha256: "0".repeat(64) };
    const asked = { agentId: "a", role: "momentum", round: "r1", symbol: "X", strategy: "s", figures: {} } as const;
    const proposal = { ...asked, vote: "buy", conviction: 0.5, inputsSha256: "0".repeat(64) } as const;
    const first = votes.cast(motion, proposal);
    expect(votes.cast(motion, proposal)).toEqual(first);
    const otherwise = { ok: false, reason: "It has already voted otherwise in round r1" };
    expect(votes.cast(motion, { ...proposal, vote: "sell" })).toEqual(otherwise);
    expect(votes.cast({ ...motion, sha256: "1".repeat(64) }, proposal)).toEqual(otherwise);
    expect(votes.cast(motion, { ...proposal, round: "r2", vote: "sell" })).toMatchObject({ ok: true });
  });
});
