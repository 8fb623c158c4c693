// Whether enough members said the same. Two counts must hold, heads and capped weight; either alone already keeps two quorums
// of one round from disagreeing. The size is one that an honest member backs, whatever f liars claim.
import type { Ballot, Decision, Member } from "../contracts/ballots.ts";
import { byzantineBounds, byzantineWeight, minByzantineVoters } from "./quorum.ts";

type Counted = readonly { readonly member: Member; readonly ballot: Ballot }[];

export interface Agreement {
  readonly vote: "buy" | "sell" | "hold";
  /** Signed; the (f+1)-th largest calibrated conviction among the matching ballots, 0 for hold. */
  readonly convictionPpm: number;
  /** Of the matching ballots, after caps. */
  readonly weight: bigint;
  readonly needed: { readonly faults: number; readonly ballots: number; readonly weight: bigint };
  readonly matching: Counted;
}

const signs = { buy: 1, sell: -1, hold: 0 } as const;

/** The one vote that has a quorum of the members with weight, or null. `weights` are capped, the quorum is of the registered. */
export function countByzantine(
  members: readonly Member[],
  counted: Counted,
  weights: ReadonlyMap<string, bigint>,
): Agreement | null {
  const voters = members.filter(({ weightPpm }) => weightPpm > 0);
  if (voters.length < minByzantineVoters) return null;
  const { faults, ballots } = byzantineBounds(voters.length);
  const needed = { faults, ballots, weight: byzantineWeight(weightOf(voters)) };
  for (const vote of ["buy", "sell", "hold"] as const) {
    const matching = counted.filter(({ member, ballot }) => member.weightPpm > 0 && ballot.vote === vote);
    const weight = matching.reduce((sum, { member }) => sum + (weights.get(member.agentId) ?? 0n), 0n);
    if (matching.length < ballots || weight < needed.weight) continue;
    return { vote, convictionPpm: signs[vote] * backed(matching, faults) || 0, weight, needed, matching };
  }
  return null;
}

interface Heard {
  readonly voters: readonly Member[];
  readonly counted: Counted;
  readonly assigned: bigint;
  readonly voted: bigint;
  readonly spoke: bigint;
  readonly buy: bigint;
  readonly sell: bigint;
}

/** In this order: enough could have agreed, someone spoke, they agreed, on a direction, beyond doubt. */
export function judgeByzantine(
  agreement: Agreement | null,
  heard: Heard,
  deadbandPpm: number,
): Pick<Decision, "action" | "reason"> {
  if (agreement === null) return { action: "none", reason: whyNot(heard) };
  const { vote, convictionPpm } = agreement;
  if (vote === "hold" || convictionPpm === 0 || Math.abs(convictionPpm) < deadbandPpm) {
    return { action: "none", reason: "deadband" };
  }
  return { action: vote, reason: "agreed" };
}

function whyNot({ voters, counted, assigned, voted, spoke, buy, sell }: Heard): Decision["reason"] {
  const able = voters.filter(({ weightPpm }) => weightPpm > 0).length;
  const heads = counted.filter(({ member }) => member.weightPpm > 0).length;
  const short = heads < byzantineBounds(able).ballots || voted < byzantineWeight(assigned);
  if (able < minByzantineVoters || short) return "no-quorum";
  if (spoke === 0n) return "all-abstained";
  return buy === sell && buy > 0n ? "tie" : "below-threshold";
}

function backed(matching: Counted, faults: number): number {
  const convictions = matching.map(({ member, ballot }) =>
    Math.floor((ballot.convictionPpm * (member.calibrationPpm ?? 1_000_000)) / 1_000_000),
  );
  convictions.sort((a, b) => b - a);
  return convictions[faults] ?? 0;
}

function weightOf(members: readonly Member[]): bigint {
  return members.reduce((sum, { weightPpm }) => sum + BigInt(weightPpm), 0n);
}
