// Ballots in, decision out. Registered weight decides whether, over ALL assigned members; conviction decides which way and how
// much, over those who voted. Whole-number arithmetic throughout; a tie, a missing quorum or doubt is no trade.
// In Byzantine mode matching ballots alone decide whether and which way: no conviction, however large, turns a side.
import type { Ballot, ConsensusRule, Decision, Member } from "../contracts/ballots.ts";
import { invariant } from "../contracts/invariant.ts";
import { canonicalJson } from "../contracts/json.ts";
import { admitBallots, type Admission, type BallotChecks } from "./admit-ballots.ts";
import { countByzantine, judgeByzantine, type Agreement } from "./byzantine.ts";
import { cappedWeights } from "./fault-domains.ts";
import { millionths, reaches } from "./fraction.ts";

const maxMembers = 1_000;
const maxBallots = 10_000;
const signs = { buy: 1n, sell: -1n, hold: 0n, abstain: 0n } as const;

interface Tally {
  readonly assigned: bigint;
  /** Weight of everyone whose ballot counts, abstention included. */
  readonly voted: bigint;
  /** Weight of those who voted buy, sell or hold. */
  readonly spoke: bigint;
  readonly buy: bigint;
  readonly sell: bigint;
  /** Σ w·k·s and Σ w·k over buy, sell and hold. */
  readonly pull: bigint;
  readonly conviction: bigint;
}

export interface Question {
  readonly round: string;
  readonly symbol: string;
}

/**
 * The decision of one round on one symbol, with everything it was computed from. The same ballots in any order give the same
 * bytes. Members must be distinct; at most 1,000 members and 10,000 ballots.
 */
export function decide(
  members: readonly Member[],
  ballots: readonly Ballot[],
  rule: ConsensusRule,
  about: Question & BallotChecks,
): Decision {
  return deliberate(members, ballots, rule, about).decision;
}

export interface Deliberation {
  readonly decision: Decision;
  /** What a quorum agreed on; null in the other modes. */
  readonly agreement: Agreement | null;
}

/** `decide`, with the agreement behind it. */
export function deliberate(
  members: readonly Member[],
  ballots: readonly Ballot[],
  rule: ConsensusRule,
  { round, symbol, ...checks }: Question & BallotChecks,
): Deliberation {
  invariant(members.length <= maxMembers && ballots.length <= maxBallots, "a vote has a limited size");
  invariant(new Set(members.map((one) => one.agentId)).size === members.length, "every member is assigned once");
  const roll = inOrder(members);
  const cast = inOrder(ballots);
  const admission = admitBallots(roll, cast, round, checks);
  const weights = weightsUnder(rule, roll);
  const tally = count(roll, admission, weights);
  const byzantine = rule.mode === "byzantine";
  const agreement = byzantine ? countByzantine(roll, admission.counted, weights) : null;
  const end = byzantine ? byQuorum(roll, admission, { tally, agreement, rule }) : byShare(tally, rule);
  const decision: Decision = {
    round,
    symbol,
    ...end,
    assignedWeightPpm: Number(tally.assigned),
    votedWeightPpm: Number(tally.voted),
    rule,
    members: [...roll],
    ballots: [...cast],
    rejected: [...inOrder(admission.rejected)],
  };
  return { decision, agreement };
}

type End = Pick<Decision, "action" | "reason" | "consensusLevelPpm" | "convictionPpm">;

function byShare(tally: Tally, rule: ConsensusRule): End {
  const reason = judge(tally, rule);
  return {
    action: reason === "agreed" ? (tally.pull > 0n ? "buy" : "sell") : "none",
    reason,
    consensusLevelPpm: millionths(winning(tally), tally.assigned),
    convictionPpm: millionths(tally.pull, tally.conviction),
  };
}

interface Found {
  readonly tally: Tally;
  readonly agreement: Agreement | null;
  readonly rule: ConsensusRule;
}

function byQuorum(roll: readonly Member[], { counted }: Admission, { tally, agreement, rule }: Found): End {
  const larger = tally.buy > tally.sell ? tally.buy : tally.sell;
  return {
    ...judgeByzantine(agreement, { ...tally, voters: roll, counted }, rule.deadbandPpm),
    consensusLevelPpm: millionths(agreement?.weight ?? larger, tally.assigned),
    convictionPpm: agreement?.convictionPpm ?? millionths(tally.pull, tally.conviction),
  };
}

/** Domains are capped where members declare them; among possible liars everyone is a domain. Unanimity needs no cap. */
function weightsUnder({ mode }: ConsensusRule, roll: readonly Member[]): ReadonlyMap<string, bigint> {
  if (mode === "unanimous") return new Map(roll.map(({ agentId, weightPpm }) => [agentId, BigInt(weightPpm)]));
  return cappedWeights(roll, mode === "byzantine");
}

function count(members: readonly Member[], { counted }: Admission, weights: ReadonlyMap<string, bigint>): Tally {
  const weightOf = ({ agentId }: Member): bigint => weights.get(agentId) ?? 0n;
  const weigh = (keep: (vote: Ballot["vote"]) => boolean): bigint =>
    counted.reduce((sum, { member, ballot }) => (keep(ballot.vote) ? sum + weightOf(member) : sum), 0n);
  const terms = counted
    .filter(({ ballot }) => ballot.vote !== "abstain")
    .map(({ member, ballot }) => ({
      size: weightOf(member) * BigInt(ballot.convictionPpm) * BigInt(member.calibrationPpm ?? 1_000_000),
      sign: signs[ballot.vote],
    }));
  return {
    assigned: members.reduce((sum, member) => sum + BigInt(member.weightPpm), 0n),
    voted: weigh(() => true),
    spoke: weigh((vote) => vote !== "abstain"),
    buy: weigh((vote) => vote === "buy"),
    sell: weigh((vote) => vote === "sell"),
    pull: terms.reduce((sum, { size, sign }) => sum + size * sign, 0n),
    conviction: terms.reduce((sum, { size }) => sum + size, 0n),
  };
}

/** In this order: quorum, someone spoke, a direction, a direction beyond doubt, enough weight behind it. */
function judge(tally: Tally, rule: ConsensusRule): Decision["reason"] {
  if (tally.voted === 0n || !reaches(tally.voted, tally.assigned, rule.quorum)) return "no-quorum";
  if (tally.spoke === 0n) return "all-abstained";
  if (tally.pull === 0n) return tally.buy + tally.sell > 0n ? "tie" : "deadband";
  if (!reaches(absolute(tally.pull), tally.conviction, { num: rule.deadbandPpm, den: 1_000_000 })) return "deadband";
  return reaches(winning(tally), tally.assigned, rule.threshold) ? "agreed" : "below-threshold";
}

function winning({ pull, buy, sell }: Tally): bigint {
  if (pull === 0n) return 0n;
  return pull > 0n ? buy : sell;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** By agent, then by content: the order of arrival leaves no trace. */
function inOrder<Item extends Member | Ballot | Decision["rejected"][number]>(items: readonly Item[]): readonly Item[] {
  const keyed = items.map((item) => ({ key: `${item.agentId}\n${canonicalJson(item)}`, item }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ item }) => item);
}
