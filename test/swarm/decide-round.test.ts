import { expect, it } from "vitest";
import { decideRound, isSignedBy } from "../../src/swarm/decide-round.ts";
import { answerOf, referencePlan } from "./plans.ts";

const plan = referencePlan();
const ids = ["research-agent-1", "research-agent-2", "strategy-agent-momentum", "strategy-agent-mean-reversion"];

it("decides from answers that their members signed", () => {
  const decision = decideRound(
    plan,
    ids.map((id) => answerOf(id)),
  );
  expect(decision).toMatchObject({ action: "buy", reason: "agreed", consensusLevelPpm: 1_000_000, rejected: [] });
  expect(decision.ballots[0]).toMatchObject({ vote: "buy", convictionPpm: 500_000 });
});

it("does not count an answer that was altered, or signed by somebody else", () => {
  const [first, second, third, fourth] = ids.map((id) => answerOf(id));
  if (!first || !second || !third || !fourth) throw new Error("four answers");
  const altered = { ...first, proposal: { ...first.proposal, vote: "sell" as const } };
  const borrowed = { ...second, signature: third.signature };
  const decision = decideRound(plan, [altered, borrowed, third, fourth]);
  expect(decision).toMatchObject({ action: "none", reason: "no-quorum", votedWeightPpm: 2_000_000 });
  expect(decision.rejected).toEqual([
    { agentId: "research-agent-1", reason: "bad-signature" },
    { agentId: "research-agent-2", reason: "bad-signature" },
  ]);
  expect(isSignedBy(third, "no key")).toBe(false);
});
