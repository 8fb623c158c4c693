// Votes that are under way: a panel of agents, their ballots, and the decision that the consensus room makes of them. Who
// does not answer in time is silent, and silence is not consent.
import type { Ballot, Decision, Member } from "../../contracts/ballots.ts";
import { decide } from "../../consensus/decide.ts";

export interface VoteOptions {
  /** |conviction-weighted mean| below this is no trade, millionths. */
  readonly deadbandPpm: number;
  /** True when the ballot's signature is its author's. */
  readonly verify: (ballot: Ballot, publicKey: string) => boolean;
}

export interface Panel {
  readonly voteId: string;
  readonly members: readonly Member[];
  /** Member -> what it sent; empty while it is awaited. */
  readonly ballots: Map<string, readonly Ballot[]>;
  readonly awaited: Set<string>;
  /** Those of the awaited that are asked when they have joined: a new leader is still finding them. */
  readonly unasked: Set<string>;
}

const oneVote = 1_000_000;
/** A liar that sends a flood does not fill our memory: contradictory pairs are all that matters. */
const maxBallotsEach = 4;

export interface PanelOptions {
  readonly voteId: string;
  readonly members: readonly string[];
  /** Those of the members that can be asked; the others are silent from the beginning. */
  readonly awaited: readonly string[];
  /** Those of the awaited that cannot be asked yet. */
  readonly unasked: readonly string[];
  readonly keyOf: (id: string) => string;
}

export function openPanel({ voteId, members, awaited, unasked, keyOf }: PanelOptions): Panel {
  const roll = members.map((agentId): Member => ({
    agentId,
    role: "coordinator",
    weightPpm: oneVote,
    publicKey: keyOf(agentId),
  }));
  return { voteId, members: roll, ballots: new Map(), awaited: new Set(awaited), unasked: new Set(unasked) };
}

/** Takes the ballots of a member that is awaited; others are not heard. True when nobody is awaited any more. */
export function hear(panel: Panel, agentId: string, ballots: readonly Ballot[]): boolean {
  if (panel.awaited.delete(agentId)) panel.ballots.set(agentId, ballots.slice(0, maxBallotsEach));
  return panel.awaited.size === 0;
}

/**
 * Votes needed of n members of whom f = floor((n-1)/3) may lie: floor((n+f)/2)+1. Two such quorums share an honest member
 * (Castro and Liskov 1999).
 */
export function byzantineQuorum(members: number): number {
  const liars = Math.floor((members - 1) / 3);
  return Math.floor((members + liars) / 2) + 1;
}

/** What consensus makes of the ballots heard until now, by the byzantine quorum over all members of the panel. */
export function closePanel(panel: Panel, { deadbandPpm, verify }: VoteOptions): Decision {
  const share = { num: byzantineQuorum(panel.members.length), den: panel.members.length };
  const rule = { quorum: share, threshold: share, deadbandPpm };
  const ballots = [...panel.ballots.values()].flat();
  return decide(panel.members, ballots, rule, { round: panel.voteId, symbol: panel.voteId, verify });
}

/** Members that signed two different ballots; each such pair is a proof. */
export function equivocators({ rejected }: Decision): readonly string[] {
  return [...new Set(rejected.filter(({ reason }) => reason === "contradiction").map(({ agentId }) => agentId))];
}
