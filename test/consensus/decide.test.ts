// The arithmetic of a vote: every reason, every rejection, and the laws that hold for all votes.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Ballot, ConsensusRule, Decision, Member } from "../../src/contracts/ballots.ts";
import { check } from "../../src/contracts/parse.ts";
import { decide } from "../../src/consensus/decide.ts";

const sha = "0".repeat(64);
const rule: ConsensusRule = { quorum: { num: 2, den: 3 }, threshold: { num: 2, den: 3 }, deadbandPpm: 200_000 };
const verify = (ballot: Ballot, publicKey: string): boolean => ballot.signature === `by ${publicKey}`;
const about = { round: "r1", symbol: "AAPL", verify };

function member(agentId: string, weightPpm = 1_000_000): Member {
  return { agentId, role: "momentum", weightPpm, publicKey: `key-${agentId}` };
}
function ballot(agentId: string, vote: Ballot["vote"], convictionPpm = 500_000, round = "r1"): Ballot {
  return { agentId, round, vote, convictionPpm, inputsSha256: sha, signature: `by key-${agentId}` };
}
const trio = [member("a"), member("b"), member("c")];
const brief = ({ action, reason, consensusLevelPpm, convictionPpm, votedWeightPpm }: Decision) => ({
  action,
  reason,
  consensusLevelPpm,
  convictionPpm,
  votedWeightPpm,
});
const vote = (...ballots: Ballot[]) => brief(decide(trio, ballots, rule, about));

test("two of three pass a threshold of two thirds, exactly", () => {
  expect(vote(ballot("a", "buy"), ballot("b", "buy"), ballot("c", "hold"))).toEqual({
    action: "buy",
    reason: "agreed",
    consensusLevelPpm: 666_666,
    convictionPpm: 666_666,
    votedWeightPpm: 3_000_000,
  });
});

test("the whole decision is recorded and fits its schema", () => {
  const decision = decide(trio, [ballot("b", "sell", 900_000), ballot("a", "sell", 800_000)], rule, about);
  expect(decision).toEqual({
    round: "r1",
    symbol: "AAPL",
    action: "sell",
    reason: "agreed",
    consensusLevelPpm: 666_666,
    convictionPpm: -1_000_000,
    assignedWeightPpm: 3_000_000,
    votedWeightPpm: 2_000_000,
    rule,
    members: trio,
    ballots: [ballot("a", "sell", 800_000), ballot("b", "sell", 900_000)],
    rejected: [],
  });
  expect(check("decision", decision)).toEqual({ ok: true, value: decision });
});

test("silence is not consent: one of three is no quorum, however sure it is", () => {
  expect(vote(ballot("a", "buy", 1_000_000))).toMatchObject({ action: "none", reason: "no-quorum" });
});

test("abstention counts for the quorum and leaves the mean", () => {
  expect(vote(ballot("a", "buy"), ballot("b", "abstain", 0), ballot("c", "abstain", 0))).toEqual({
    action: "none",
    reason: "below-threshold",
    consensusLevelPpm: 333_333,
    convictionPpm: 1_000_000,
    votedWeightPpm: 3_000_000,
  });
  const silent = trio.map(({ agentId }) => ballot(agentId, "abstain", 0));
  expect(vote(...silent)).toMatchObject({ action: "none", reason: "all-abstained" });
});

test("a tie and a mean inside the deadband trade nothing", () => {
  expect(vote(ballot("a", "buy"), ballot("b", "sell"), ballot("c", "hold"))).toMatchObject({ reason: "tie" });
  expect(vote(ballot("a", "hold"), ballot("b", "hold"), ballot("c", "hold"))).toMatchObject({ reason: "deadband" });
  expect(vote(ballot("a", "buy", 100_000), ballot("b", "buy", 50_000), ballot("c", "hold", 1_000_000))).toEqual({
    action: "none",
    reason: "deadband",
    consensusLevelPpm: 666_666,
    convictionPpm: 130_434,
    votedWeightPpm: 3_000_000,
  });
});

test("ballots that do not count are listed with their reason and buy no quorum", () => {
  const ballots = [
    ballot("a", "buy"),
    ballot("a", "buy"),
    ballot("b", "buy"),
    ballot("b", "sell"),
    ballot("c", "buy", 500_000, "r0"),
    ballot("stranger", "buy"),
    { ...ballot("c", "buy"), signature: "forged" },
  ];
  const decision = decide(trio, ballots, rule, about);
  expect(brief(decision)).toMatchObject({ action: "none", reason: "no-quorum", votedWeightPpm: 1_000_000 });
  expect(decision.rejected).toEqual([
    { agentId: "a", reason: "duplicate" },
    { agentId: "b", reason: "contradiction" },
    { agentId: "b", reason: "contradiction" },
    { agentId: "c", reason: "bad-signature" },
    { agentId: "c", reason: "wrong-round" },
    { agentId: "stranger", reason: "not-a-member" },
  ]);
});

test("the same vote with another conviction is a contradiction too", () => {
  const decision = decide(trio, [ballot("a", "buy", 1), ballot("a", "buy", 2)], rule, about);
  expect(decision.rejected.map((one) => one.reason)).toEqual(["contradiction", "contradiction"]);
});

test("a forged ballot does not discredit the member it names", () => {
  const forged = { ...ballot("a", "sell"), signature: "forged" };
  expect(vote(ballot("a", "buy"), forged, ballot("b", "buy"))).toMatchObject({ action: "buy", reason: "agreed" });
});

test("what arrives after the deadline is late", () => {
  const receivedMs = ({ agentId }: Ballot): number => (agentId === "b" ? 101 : 100);
  const decision = decide(trio, [ballot("a", "buy"), ballot("b", "buy")], rule, {
    ...about,
    deadlineMs: 100,
    receivedMs,
  });
  expect([decision.reason, decision.rejected]).toEqual(["no-quorum", [{ agentId: "b", reason: "late" }]]);
});

test("weights beyond the exact range of doubles still compare exactly", () => {
  const heavy = [member("a", 999_999_999), member("b", 1_000_000_000), member("c", 1)];
  const split = [ballot("a", "sell", 999_999), ballot("b", "buy", 999_998), ballot("c", "sell", 1)];
  // 999,999,999 · 999,999 = 999,998,999,000,001 against 1,000,000,000 · 999,998 = 999,998,000,000,000
  const decision = decide(heavy, split, { ...rule, threshold: { num: 1, den: 2 }, deadbandPpm: 0 }, about);
  expect([decision.action, decision.consensusLevelPpm]).toEqual(["sell", 500_000]);
});

test("nobody assigned, or a quorum of zero with nobody there, trades nothing", () => {
  expect(decide([], [], rule, about).reason).toBe("no-quorum");
  expect(decide(trio, [], { ...rule, quorum: { num: 0, den: 1 } }, about).reason).toBe("no-quorum");
});

const votes = fc.constantFrom<Ballot["vote"]>("buy", "sell", "hold", "abstain");
const anyBallot = fc
  .tuple(fc.constantFrom("a", "b", "c", "d", "e", "x"), votes, fc.integer({ min: 0, max: 1_000_000 }), fc.boolean())
  .map(([id, cast, size, honest]) => ({ ...ballot(id, cast, size), ...(honest ? {} : { signature: "forged" }) }));
const weights = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 5, maxLength: 5 });
const membersOf = (list: readonly number[]) => ["a", "b", "c", "d", "e"].map((id, at) => member(id, list[at]));

test("the order of arrival leaves no trace", () => {
  const law = fc.property(weights, fc.array(anyBallot, { maxLength: 12 }), fc.nat(), (list, ballots, turn) => {
    const at = ballots.length === 0 ? 0 : turn % ballots.length;
    const moved = [...ballots.slice(at), ...ballots.slice(0, at)].reverse();
    expect(decide(membersOf(list).reverse(), moved, rule, about)).toEqual(
      decide(membersOf(list), ballots, rule, about),
    );
  });
  fc.assert(law);
});

test("without the quorum's weight nothing is ever traded", () => {
  const law = fc.property(weights, fc.array(anyBallot, { maxLength: 12 }), (list, ballots) => {
    const decision = decide(membersOf(list), ballots, rule, about);
    const enough = 3n * BigInt(decision.votedWeightPpm) >= 2n * BigInt(decision.assignedWeightPpm);
    if (!enough || decision.votedWeightPpm === 0) expect(decision.action).toBe("none");
    if (decision.action !== "none") expect(decision.consensusLevelPpm).toBeGreaterThanOrEqual(666_666);
  });
  fc.assert(law);
});

test("a member that turns to the agreed side never undoes the agreement", () => {
  const one = fc.record({ cast: votes, size: fc.integer({ min: 1, max: 1_000_000 }) });
  const law = fc.property(
    weights,
    fc.array(one, { minLength: 5, maxLength: 5 }),
    fc.nat({ max: 4 }),
    (list, all, who) => {
      const members = membersOf(list);
      const before = all.map(({ cast, size }, at) => ballot(members[at]!.agentId, cast, size));
      const decision = decide(members, before, rule, about);
      if (decision.action === "none") return;
      const after = before.map((own, at) => (at === who ? { ...own, vote: decision.action as "buy" | "sell" } : own));
      expect(decide(members, after, rule, about).action).toBe(decision.action);
    },
  );
  fc.assert(law);
});
