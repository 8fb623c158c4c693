import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stepRound, type RoundEffect, type RoundEvent, type RoundState } from "../../src/swarm/round.ts";
import { answerOf, decidePlainly, referencePlan } from "./plans.ts";

const plan = referencePlan();
const peers = ["research-agent-1", "research-agent-2", "strategy-agent-momentum", "strategy-agent-mean-reversion"];
const coordinator = "decision-coordinator";

function play(events: readonly RoundEvent[]): { state: RoundState; effects: readonly RoundEffect[] } {
  let state: RoundState = { phase: "planned" };
  let effects: readonly RoundEffect[] = [];
  for (const event of [{ kind: "begin" } as const, ...events]) {
    const next = stepRound(plan, decidePlainly, state, event);
    state = next.state;
    effects = next.effects;
  }
  return { state, effects };
}
const answered = (agentId: string): RoundEvent => ({ kind: "answered", agentId, answer: answerOf(agentId) });
const recorded = (agentId: string): RoundEvent => ({ kind: "recorded", agentId, version: 1, bytes: 9 });
const failed = (agentId: string, code = "agent.exited"): RoundEvent => ({ kind: "failed", agentId, code });
const heard = (ids: readonly string[]): RoundEvent[] => ids.flatMap((id) => [answered(id), recorded(id)]);
const kinds = (effects: readonly RoundEffect[]): string[] => effects.map(({ kind }) => kind);

describe("a round", () => {
  it("begins by asking everyone but the coordinator", () => {
    const { effects } = play([]);
    expect(kinds(effects)).toEqual(["deadline", "ask", "ask", "ask", "ask"]);
    expect(effects.flatMap((one) => (one.kind === "ask" ? [one.assignment.member.agentId] : []))).toEqual(peers);
  });

  it("records an answer, and asks the coordinator only when every peer's is durable", () => {
    const { effects: first } = play([answered("research-agent-1")]);
    expect(first).toMatchObject([{ kind: "record", assignment: { memoryKey: "swarm/research-1/market_data" } }]);
    const almost = [...heard(peers.slice(0, 3)), answered(peers[3] ?? "")];
    expect(play(almost).state.phase).toBe("peers");
    const { effects } = play([...almost, recorded(peers[3] ?? "")]);
    expect(effects).toMatchObject([
      { kind: "deadline", of: "coordinator" },
      {
        kind: "ask-coordinator",
        peerKeys: [
          "swarm/research-1/market_data",
          "swarm/research-2/sentiment",
          "swarm/strategy-momentum/signal",
          "swarm/strategy-mean-reversion/signal",
        ],
      },
    ]);
  });

  it("decides from the durable ballots and records the decision", () => {
    const { state, effects } = play([...heard(peers), ...heard([coordinator])]);
    expect(state.phase).toBe("recording");
    expect(effects).toMatchObject([
      { kind: "record-decision", decision: { action: "buy", reason: "agreed", votedWeightPpm: 4_000_000 } },
    ]);
    if (state.phase !== "recording") throw new Error(state.phase);
    expect(state.decision.ballots).toHaveLength(5);
    expect(state.decision.ballots[0]).toEqual({
      agentId: "research-agent-1",
      round: "r1",
      vote: "buy",
      convictionPpm: 500_000,
      inputsSha256: "0".repeat(64),
      signature: answerOf("research-agent-1").signature,
    });
    const done = stepRound(plan, decidePlainly, state, {
      kind: "decision-recorded",
      decision: state.decision,
      version: 3,
    });
    expect(done.state).toMatchObject({ phase: "done", version: 3 });
  });

  it("takes who fails as silent, and trades nothing below the quorum", () => {
    const survives = play([...heard(peers.slice(0, 3)), failed(peers[3] ?? ""), failed(coordinator)]);
    expect(survives.effects).toMatchObject([{ decision: { action: "buy", votedWeightPpm: 3_000_000 } }]);
    const below = play([...heard(peers.slice(0, 2)), ...peers.slice(2).map((id) => failed(id)), failed(coordinator)]);
    expect(below.effects).toMatchObject([{ decision: { action: "none", reason: "no-quorum" } }]);
  });

  it("takes who is late as silent, but waits for what is being written", () => {
    const late = play([...heard(peers.slice(0, 2)), answered(peers[2] ?? ""), { kind: "deadline", of: "peers" }]);
    expect(late.state).toMatchObject({
      phase: "peers",
      standings: {
        [peers[2] ?? ""]: { kind: "answered" },
        [peers[3] ?? ""]: { kind: "silent", code: "agent.timeout" },
      },
    });
    const after = play([
      ...heard(peers.slice(0, 3)),
      { kind: "deadline", of: "peers" },
      answered(peers[3] ?? ""),
      { kind: "deadline", of: "coordinator" },
    ]);
    expect(after.effects).toMatchObject([{ kind: "record-decision", decision: { votedWeightPpm: 3_000_000 } }]);
  });

  it("does not count an answer that could not be made durable, and keeps one whose author died after", () => {
    const { state } = play([answered(peers[0] ?? ""), failed(peers[0] ?? "", "memory.unavailable")]);
    expect(state).toMatchObject({ standings: { [peers[0] ?? ""]: { kind: "silent", code: "memory.unavailable" } } });
    const { state: kept } = play([...heard(peers.slice(0, 1)), failed(peers[0] ?? "")]);
    expect(kept).toMatchObject({ standings: { [peers[0] ?? ""]: { kind: "recorded" } } });
  });

  it("refuses an answer of another agent, role, round or symbol", () => {
    for (const more of [{ agentId: "x" }, { role: "sentiment" }, { round: "r0" }, { symbol: "MSFT" }] as const) {
      const answer = answerOf(peers[0] ?? "", "buy", more);
      const { state, effects } = play([{ kind: "answered", agentId: peers[0] ?? "", answer }]);
      expect(state).toMatchObject({ standings: { [peers[0] ?? ""]: { kind: "silent", code: "agent.frame" } } });
      expect(effects).toEqual([]);
    }
  });

  it("ends with one decision whatever the order of events, and counts nothing that is not durable", () => {
    const anyone = fc.constantFrom(...peers, coordinator, "stranger");
    const event: fc.Arbitrary<RoundEvent> = fc.oneof(
      anyone.map(answered),
      anyone.map(recorded),
      anyone.map((id) => failed(id)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const ends: RoundEvent[] = [{ kind: "deadline", of: "peers" }, ...peers.map(recorded)];
        const lasts: RoundEvent[] = [{ kind: "deadline", of: "coordinator" }, recorded(coordinator)];
        const { state } = play([...events, ...ends, ...lasts]);
        if (state.phase !== "recording") return false;
        const durable = Object.values(state.standings).filter(({ kind }) => kind === "recorded").length;
        return state.decision.ballots.length === durable;
      }),
    );
  });
});
