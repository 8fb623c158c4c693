// Which ballots count. One per member and round: copies count once, two different ones of a member count not at all, and a
// forged ballot can not discredit the member it names because signatures are judged first.
import type { Ballot, Decision, Member } from "../contracts/ballots.ts";
import { canonicalJson } from "../contracts/json.ts";

type Rejected = Decision["rejected"][number];

export interface Admission {
  readonly counted: readonly { readonly member: Member; readonly ballot: Ballot }[];
  readonly rejected: readonly Rejected[];
}

export interface BallotChecks {
  /** True when the ballot's signature is the member's. */
  readonly verify: (ballot: Ballot, publicKey: string) => boolean;
  /** Why a ballot cannot count whoever signed it. Default: no such reason. */
  readonly refuse?: ((ballot: Ballot) => "not-elected" | "evicted" | undefined) | undefined;
  /** Ballots received after this time are late. Default: never. */
  readonly deadlineMs?: number | undefined;
  /** When a ballot was received, by the collector's clock. Default: before the deadline. */
  readonly receivedMs?: ((ballot: Ballot) => number) | undefined;
}

/** `ballots` must already be in canonical order; the outcome then does not depend on the order of arrival. */
export function admitBallots(
  members: readonly Member[],
  ballots: readonly Ballot[],
  round: string,
  checks: BallotChecks,
): Admission {
  const byId = new Map(members.map((member) => [member.agentId, member]));
  const proper = new Map<string, Ballot[]>();
  const rejected: Rejected[] = [];
  for (const ballot of ballots) {
    const reason = faultOf(ballot, byId.get(ballot.agentId), round, checks);
    if (reason === undefined) proper.set(ballot.agentId, [...(proper.get(ballot.agentId) ?? []), ballot]);
    else rejected.push({ agentId: ballot.agentId, reason });
  }
  const counted = members.flatMap((member) => {
    const own = proper.get(member.agentId) ?? [];
    const [first] = own;
    if (first === undefined) return [];
    const agree = own.every((ballot) => saying(ballot) === saying(first));
    const extra = agree ? own.slice(1) : own;
    const reason = agree ? "duplicate" : "contradiction";
    rejected.push(...extra.map(({ agentId }): Rejected => ({ agentId, reason })));
    return agree ? [{ member, ballot: first }] : [];
  });
  return { counted, rejected };
}

function faultOf(
  ballot: Ballot,
  member: Member | undefined,
  round: string,
  { verify, refuse, deadlineMs, receivedMs }: BallotChecks,
): Rejected["reason"] | undefined {
  const refused = refuse?.(ballot);
  if (refused !== undefined) return refused;
  if (member === undefined) return "not-a-member";
  if (ballot.round !== round) return "wrong-round";
  if (!verify(ballot, member.publicKey)) return "bad-signature";
  const late = deadlineMs !== undefined && receivedMs !== undefined && receivedMs(ballot) > deadlineMs;
  return late ? "late" : undefined;
}

/** What a ballot says, without the signature. */
function saying({ vote, convictionPpm, inputsSha256 }: Ballot): string {
  return canonicalJson({ vote, convictionPpm, inputsSha256 });
}
