// A plan of the five-role swarm, and a decision rule simple enough to check by eye: the suite of consensus is elsewhere.
import { generateKeyPairSync, sign } from "node:crypto";
import type { Ballot, Decision } from "../../src/contracts/ballots.ts";
import type { MarketWindow, Proposal } from "../../src/contracts/frames.ts";
import { planRound, type RoundPlan } from "../../src/swarm/plan.ts";
import { referenceSwarm } from "../../src/swarm/reference-swarm.ts";
import type { SignedAnswer } from "../../src/swarm/round.ts";
import { canonicalJson } from "../../src/contracts/json.ts";
import { ballotOf } from "../../src/swarm/decide-round.ts";

const keys = new Map(referenceSwarm.map(({ agentId }) => [agentId, generateKeyPairSync("ed25519")]));
const keyOf = (agentId: string) => keys.get(agentId) ?? generateKeyPairSync("ed25519");

const window: MarketWindow = { symbol: "AAPL", t: [1], open: [1], high: [1], low: [1], close: [1], volume: [1] };

export function referencePlan(more: Partial<RoundPlan> = {}): RoundPlan {
  const members = referenceSwarm.map(({ agentId, role, memoryKey, weightPpm }) => {
    return {
      agentId,
      role,
      memoryKey,
      weightPpm,
      publicKey: keyOf(agentId).publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    };
  });
  const rule = { quorum: { num: 2, den: 3 }, threshold: { num: 1, den: 2 }, deadbandPpm: 0 };
  const asked = { round: "r1", symbol: "AAPL", namespace: "ns", rule, members, window, headlines: [] };
  return { ...planRound(asked), ...more };
}

export function answerOf(agentId: string, vote: Proposal["vote"] = "buy", more: Partial<Proposal> = {}): SignedAnswer {
  const role = referenceSwarm.find((agent) => agent.agentId === agentId)?.role ?? "momentum";
  const asked = { agentId, role, round: "r1", symbol: "AAPL", strategy: "s", figures: { price: 1 } };
  const proposal: Proposal = { ...asked, vote, conviction: 0.5, inputsSha256: "0".repeat(64), ...more };
  const signature = sign(null, Buffer.from(canonicalJson(proposal)), keyOf(agentId).privateKey).toString("base64");
  return { proposal, signature };
}

/** Two thirds of the assigned weight must have voted; then the majority of the voted weight decides. */
export function decidePlainly(plan: RoundPlan, answers: readonly SignedAnswer[]): Decision {
  const ballots = answers.map((answer) => ballotOf(answer));
  const members = plan.assignments.map(({ member }) => member);
  const weightOf = (vote?: Ballot["vote"]): number =>
    ballots
      .filter((ballot) => vote === undefined || ballot.vote === vote)
      .reduce((sum, { agentId }) => sum + (members.find((one) => one.agentId === agentId)?.weightPpm ?? 0), 0);
  const assigned = members.reduce((sum, { weightPpm }) => sum + weightPpm, 0);
  const quorate = weightOf() * plan.rule.quorum.den >= assigned * plan.rule.quorum.num;
  const action = weightOf("buy") > weightOf("sell") ? "buy" : "none";
  return {
    round: plan.round,
    symbol: plan.symbol,
    action: quorate ? action : "none",
    reason: quorate ? "agreed" : "no-quorum",
    consensusLevelPpm: Math.floor((weightOf(action === "buy" ? "buy" : "hold") * 1e6) / assigned),
    convictionPpm: 0,
    assignedWeightPpm: assigned,
    votedWeightPpm: weightOf(),
    rule: plan.rule,
    members,
    ballots: [...ballots],
    rejected: [],
  };
}
