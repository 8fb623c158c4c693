// Votes of real agents, recomputed here with plain whole-number arithmetic from the ballots, signatures checked with the
// keys of the members; then the corner cases of the rule itself.
import { createPublicKey, verify } from "node:crypto";
import { decide } from "../../src/consensus/decide.ts";
import type { Ballot, ConsensusRule, Decision, Member } from "../../src/contracts/ballots.ts";
import { canonicalJson } from "../../src/contracts/json.ts";
import { check } from "../check.ts";

const sign = { buy: 1n, sell: -1n, hold: 0n, abstain: 0n } as const;
const rule: ConsensusRule = { quorum: { num: 2, den: 3 }, threshold: { num: 2, den: 3 }, deadbandPpm: 200_000 };

check("trading.consensus", async ({ see, backend }) => {
  const swarm = await backend.call("executeSwarmStrategy", { symbols: ["AAPL"], asOf: "2017-06-01" });
  const [round] = swarm.decisions;
  if (round === undefined) throw new Error("the swarm decided nothing");
  const { decision, answers } = round;
  await see("five members, five agents, five sandboxes", [5, 5, 5], () => [
    decision.members.length,
    new Set(swarm.agents.map((agent) => agent.agentId)).size,
    new Set(swarm.agents.map((agent) => agent.sandboxId)).size,
  ]);
  await see("every ballot is signed by its member over the proposal it stands for", [], () =>
    decision.ballots
      .filter((ballot) => {
        const answer = answers.find((one) => one.signature === ballot.signature);
        const member = decision.members.find((one) => one.agentId === ballot.agentId);
        if (answer === undefined || member === undefined) return true;
        const key = createPublicKey({ key: Buffer.from(member.publicKey, "base64"), format: "der", type: "spki" });
        const text = Buffer.from(canonicalJson(answer.proposal));
        return (
          answer.proposal.vote !== ballot.vote || !verify(null, text, key, Buffer.from(ballot.signature, "base64"))
        );
      })
      .map((ballot) => ballot.agentId),
  );
  await see("the decision follows from its ballots", byHand(decision), () => ({
    action: decision.action,
    convictionPpm: decision.convictionPpm,
    consensusLevelPpm: decision.consensusLevelPpm,
  }));
  await see("the keys differ", 5, () => new Set(decision.members.map((member) => member.publicKey)).size);

  const outcome = (
    votes: readonly Ballot["vote"][],
    more: Partial<Parameters<typeof decide>[3]> = {},
    members = votes.length,
  ) => {
    const { action, reason } = decide(membersOf(members), ballotsOf(votes), rule, { ...trusting, ...more });
    return `${action} ${reason}`;
  };
  await see("two of three is two thirds, exactly", "buy agreed", () => outcome(["buy", "buy", "hold"]));
  await see("a tie trades nothing", "none tie", () => outcome(["buy", "sell"]));
  await see("a missing quorum trades nothing", "none no-quorum", () => outcome(["buy", "buy"], {}, 4));
  await see("everybody abstaining trades nothing", "none all-abstained", () =>
    outcome(["abstain", "abstain", "abstain"]),
  );
  await see("an unsigned vote does not count", "none no-quorum", () =>
    outcome(["buy", "buy", "buy"], { verify: () => false }),
  );
  await see("a late vote does not count", "none no-quorum", () =>
    outcome(["buy", "buy", "buy"], { deadlineMs: 5, receivedMs: () => 6 }),
  );
  await see("a repeated ballot counts once", "duplicate", () =>
    rejection([...ballotsOf(["buy", "buy", "buy"]), ...ballotsOf(["buy"])]),
  );
  await see("and weighs once", "sell agreed", () => {
    const often = Array.from({ length: 5 }, () => ballot("buy", 0));
    const { action, reason } = decide(membersOf(3), [...often, ballot("sell", 1), ballot("sell", 2)], rule, trusting);
    return `${action} ${reason}`;
  });
  await see("votes weigh what their members were assigned", "buy agreed", () => {
    const heavy = membersOf(3).map((member, i) => (i === 0 ? { ...member, weightPpm: 4_000_000 } : member));
    const { action, reason } = decide(heavy, ballotsOf(["buy", "sell", "hold"]), rule, trusting);
    return `${action} ${reason}`;
  });
  await see("two different ballots of a member count not at all", "contradiction", () =>
    rejection([...ballotsOf(["buy", "buy", "buy"]), ...ballotsOf(["sell"])]),
  );
  await see("a stranger's ballot is rejected", "not-a-member", () =>
    rejection([...ballotsOf(["buy", "buy", "buy"]), { ...ballot("buy", 0), agentId: "stranger" }]),
  );
  await see("a ballot of another round is rejected", "wrong-round", () =>
    rejection([...ballotsOf(["buy", "buy"]), { ...ballot("buy", 2), round: "r0" }]),
  );
});

const trusting = { round: "r1", symbol: "AAPL", verify: (): boolean => true };

function membersOf(count: number): readonly Member[] {
  return Array.from({ length: count }, (_, i) => ({
    agentId: `a${i}`,
    role: "momentum",
    weightPpm: 1_000_000,
    publicKey: "k",
  }));
}

function ballot(vote: Ballot["vote"], i: number): Ballot {
  return { agentId: `a${i}`, round: "r1", vote, convictionPpm: 900_000, inputsSha256: "0".repeat(64), signature: "s" };
}

function ballotsOf(votes: readonly Ballot["vote"][]): readonly Ballot[] {
  return votes.map(ballot);
}

function rejection(ballots: readonly Ballot[]): string {
  const { rejected } = decide(membersOf(3), ballots, rule, trusting);
  return [...new Set(rejected.map((row) => row.reason))].join(",");
}

/** sum(w·k·s)/sum(w·k) over those who spoke, and the winning side's share of ALL assigned weight; towards zero. */
function byHand(decision: Decision): object {
  const counted = decision.ballots.filter((one) => !decision.rejected.some((row) => row.agentId === one.agentId));
  const weight = (id: string): bigint =>
    BigInt(decision.members.find((member) => member.agentId === id)?.weightPpm ?? 0);
  const assigned = decision.members.reduce((sum, member) => sum + BigInt(member.weightPpm), 0n);
  const spoke = counted.filter((one) => one.vote !== "abstain");
  const pull = spoke.reduce((sum, one) => sum + weight(one.agentId) * BigInt(one.convictionPpm) * sign[one.vote], 0n);
  const conviction = spoke.reduce((sum, one) => sum + weight(one.agentId) * BigInt(one.convictionPpm), 0n);
  const side = (vote: Ballot["vote"]): bigint =>
    counted.reduce((sum, one) => (one.vote === vote ? sum + weight(one.agentId) : sum), 0n);
  const voted = counted.reduce((sum, one) => sum + weight(one.agentId), 0n);
  const winning = pull > 0n ? side("buy") : pull < 0n ? side("sell") : 0n;
  const mean = conviction === 0n ? 0n : (pull * 1_000_000n) / conviction;
  const strong = (mean < 0n ? -mean : mean) >= 200_000n;
  const agreed = voted * 3n >= assigned * 2n && winning * 3n >= assigned * 2n && strong;
  return {
    action: agreed ? (pull > 0n ? "buy" : "sell") : "none",
    convictionPpm: Number(mean),
    consensusLevelPpm: Number((winning * 1_000_000n) / assigned),
  };
}
