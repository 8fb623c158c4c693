// From signed ballots on a motion to its decision and, when a quorum says the same, to the certificate of it. Pure: the same
// motion and ballots in any order give the same bytes, so whoever holds them can make the certificate again.
import type { Certificate, Motion } from "../contracts/agreement.ts";
import type { Ballot, Decision, Member } from "../contracts/ballots.ts";
import type { SignedBallot } from "../contracts/signed-ballot.ts";
import { invariant } from "../contracts/invariant.ts";
import { canonicalJson } from "../contracts/json.ts";
import type { BallotChecks } from "./admit-ballots.ts";
import { openSignatureCheck, type IsSigned } from "./ballot-signature.ts";
import { electVoters } from "./committee.ts";
import { deliberate } from "./decide.ts";
import { effectiveVotersPpm } from "./effective-voters.ts";
import { convictedKeys } from "./equivocation.ts";
import { motionSha256 } from "./motion.ts";

// A type, not an interface: only a type is also plain JSON to the compiler.
export type Settled = {
  readonly decision: Decision;
  /** Null when no vote has a quorum. */
  readonly certificate: Certificate | null;
};

/** `isSigned` defaults to Ed25519; a simulation of many rounds may bring a cheaper one. At most 10,000 ballots. */
export function settle(
  motion: Motion,
  ballots: readonly SignedBallot[],
  isSigned: IsSigned = openSignatureCheck(),
): Settled {
  invariant(motion.rule.mode === "byzantine", "only a Byzantine vote has a certificate");
  const voters = electVoters(motion.members, motion);
  const weightless = motion.members.filter(({ weightPpm }) => weightPpm === 0);
  const book = bookOf(motion, ballots);
  const checks = checksFor(motion, voters, { book, isSigned });
  const { round, symbol, rule } = motion;
  const roll = [...voters, ...weightless];
  const cast = ballots.map((ballot) => shortForm(ballot));
  const { decision, agreement } = deliberate(roll, cast, rule, { round, symbol, ...checks });
  if (agreement === null) return { decision, certificate: null };
  const { vote, convictionPpm, needed, weight, matching } = agreement;
  return {
    decision,
    certificate: {
      schema: "certificate/1",
      motion,
      vote,
      action: decision.action,
      convictionPpm,
      voters: voters.map(({ agentId }) => agentId),
      quorum: {
        faults: needed.faults,
        ballots: needed.ballots,
        weightPpm: Number(needed.weight),
        matchingWeightPpm: Number(weight),
      },
      effectiveVotersPpm: diversityOf(motion, voters),
      ballots: matching
        .flatMap(({ ballot }) => book.get(keyOf(ballot)) ?? [])
        .sort((a, b) => (a.agentId < b.agentId ? -1 : 1)),
    },
  };
}

/** True when the certificate is, byte for byte, what its own motion and ballots lead to. */
export function isSettledBy(certificate: Certificate, isSigned: IsSigned = openSignatureCheck()): boolean {
  const again = settle(certificate.motion, certificate.ballots, isSigned).certificate;
  return again !== null && canonicalJson(again) === canonicalJson(certificate);
}

/** A ballot as decisions list it; motion, swarm and key are those of the motion. */
export function shortForm({ agentId, round, vote, convictionPpm, inputsSha256, signature }: SignedBallot): Ballot {
  return { agentId, round, vote, convictionPpm, inputsSha256, signature };
}

/** Ballots on this very motion by their members' keys. Others must not even be looked up: a short form hides the difference. */
function bookOf(motion: Motion, ballots: readonly SignedBallot[]): ReadonlyMap<string, SignedBallot> {
  const sha256 = motionSha256(motion);
  const keys = new Map(motion.members.map(({ agentId, publicKey }) => [agentId, publicKey]));
  const own = ballots.filter(
    (ballot) =>
      ballot.swarm === motion.swarm && ballot.motionSha256 === sha256 && ballot.publicKey === keys.get(ballot.agentId),
  );
  return new Map(own.map((ballot) => [keyOf(shortForm(ballot)), ballot]));
}

interface Sources {
  readonly book: ReadonlyMap<string, SignedBallot>;
  readonly isSigned: IsSigned;
}

function checksFor(motion: Motion, voters: readonly Member[], { book, isSigned }: Sources): BallotChecks {
  const evicted = convictedKeys(motion.evictions, isSigned);
  const members = new Map(motion.members.map((member) => [member.agentId, member]));
  const elected = new Set(voters.map(({ agentId }) => agentId));
  return {
    refuse({ agentId }) {
      const member = members.get(agentId);
      if (member === undefined) return undefined;
      if (evicted.has(member.publicKey)) return "evicted";
      return member.weightPpm > 0 && !elected.has(agentId) ? "not-elected" : undefined;
    },
    verify(ballot, publicKey) {
      const full = book.get(keyOf(ballot));
      return full !== undefined && full.publicKey === publicKey && isSigned(full);
    },
  };
}

function keyOf({ agentId, round, vote, convictionPpm, inputsSha256, signature }: Ballot): string {
  return JSON.stringify([agentId, round, vote, convictionPpm, inputsSha256, signature]);
}

function diversityOf({ members, rhoPpm }: Motion, voters: readonly Member[]): number | null {
  if (rhoPpm === null) return null;
  invariant(rhoPpm.length === members.length, "correlations are known for every member or for none");
  const places = voters.map(({ agentId }) => members.findIndex((member) => member.agentId === agentId));
  const rho = places.map((i) => places.map((j) => rhoPpm[i]?.[j] ?? 0));
  return effectiveVotersPpm(
    voters.map(({ weightPpm }) => BigInt(weightPpm)),
    rho,
  );
}
