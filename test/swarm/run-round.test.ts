import { beforeEach, describe, expect, it } from "vitest";
import type { Task } from "../../src/contracts/frames.ts";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { simulatedClock, type SimulatedClock } from "../../src/host/clock.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { runRound, type Agents, type RoundOutcome } from "../../src/swarm/run-round.ts";
import { answerOf, decidePlainly, referencePlan } from "./plans.ts";

let clock: SimulatedClock;
let store: RecordStore;
let asked: Record<string, Task>;
beforeEach(() => {
  clock = simulatedClock();
  store = openMemoryStore({ clock });
  asked = {};
});

const agents: Agents = {
  async ask(agentId, task) {
    asked[agentId] = task;
    return answerOf(agentId);
  },
};
const run = (more: Partial<Parameters<typeof runRound>[0]> = {}): Promise<RoundOutcome> =>
  runRound({ plan: referencePlan(), agents, store, clock, coordinatorId: "c", ...more });

describe("running a round", () => {
  it("leaves every proposal and the decision in the record", async () => {
    const { decision, decisionVersion, answers, silent } = await run();
    expect([decision.action, decisionVersion, silent]).toEqual(["buy", 1, []]);
    const entries = await store.list("ns", "swarm/");
    expect(entries.map(({ key, writer, version }) => [key, writer, version])).toEqual([
      ["swarm/coordinator/ballot", "decision-coordinator", 1],
      ["swarm/coordinator/decision", "c", 1],
      ["swarm/research-1/market_data", "research-agent-1", 1],
      ["swarm/research-2/sentiment", "research-agent-2", 1],
      ["swarm/strategy-mean-reversion/signal", "strategy-agent-mean-reversion", 1],
      ["swarm/strategy-momentum/signal", "strategy-agent-momentum", 1],
    ]);
    expect(entries[2]?.value).toEqual({ round: "r1", ...answerOf("research-agent-1") });
    expect(entries[1]?.value).toEqual({
      round: "r1",
      decision,
      answers: answers.map(({ proposal, signature }) => ({ proposal, signature })),
    });
    expect(answers.map(({ memoryKey, version }) => [memoryKey, version])).toHaveLength(5);
  });

  it("shows the coordinator what the record holds of its peers", async () => {
    await run();
    const { peers } = asked["decision-coordinator"] ?? { peers: [] };
    expect(peers.map(({ agentId }) => agentId)).toEqual([
      "research-agent-1",
      "research-agent-2",
      "strategy-agent-momentum",
      "strategy-agent-mean-reversion",
    ]);
  });

  it("goes on without members that fail, each with its reason", async () => {
    const some: Agents = {
      ask: async (agentId) => {
        if (agentId.startsWith("research")) throw new SwarmError("agent.exited", "gone");
        return answerOf(agentId);
      },
    };
    const { decision, silent } = await run({ agents: some });
    expect([decision.action, decision.reason]).toEqual(["none", "no-quorum"]);
    expect(silent).toEqual([
      { agentId: "research-agent-1", code: "agent.exited" },
      { agentId: "research-agent-2", code: "agent.exited" },
    ]);
  });

  it("does not wait for ever", async () => {
    const mute: Agents = {
      ask: (agentId) =>
        agentId === "research-agent-1" ? new Promise(() => undefined) : agents.ask(agentId, {} as Task, 1),
    };
    const running = run({ agents: mute });
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10_000);
    const { decision, silent } = await running;
    expect([decision.action, silent]).toEqual(["buy", [{ agentId: "research-agent-1", code: "agent.timeout" }]]);
  });

  it("adopts the decision another coordinator recorded for this round, and refuses to overwrite another round's", async () => {
    const meanwhile = (round: string): Agents => ({
      async ask(agentId, task, ms) {
        if (agentId === "decision-coordinator") {
          const decision = { ...decidePlainly(referencePlan(), []), round };
          await store.put("ns", "swarm/coordinator/decision", { round, decision }, { writer: "other" });
        }
        return agents.ask(agentId, task, ms);
      },
    });
    const adopted = await run({ agents: meanwhile("r1") });
    expect([adopted.decision.reason, adopted.decisionVersion]).toEqual(["no-quorum", 1]);
    await expect(run({ agents: meanwhile("r0") })).rejects.toMatchObject({
      code: "memory.conflict",
      details: { expected: 1, found: 2 },
    });
  });
});
