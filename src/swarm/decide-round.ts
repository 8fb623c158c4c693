// From signed proposals to the decision of the round. A ballot is a proposal's vote in whole millionths; its signature is the
// proposal's, so it is verified against the very proposal it was taken from. In Byzantine mode the agent signs the ballot
// itself, and a quorum of ballots is a certificate.
import { createPublicKey, verify } from "node:crypto";
import { openSignatureCheck } from "../consensus/ballot-signature.ts";
import { settle } from "../consensus/certificate.ts";
import { decide } from "../consensus/decide.ts";
import { findEquivocations } from "../consensus/equivocation.ts";
import type { Ballot, Decision } from "../contracts/ballots.ts";
import { canonicalJson } from "../contracts/json.ts";
import type { SignedBallot } from "../contracts/signed-ballot.ts";
import type { RoundPlan } from "./plan.ts";
import type { SignedAnswer, Testimony } from "./round.ts";

/** Ballots in the order of the answers. */
export function ballotOf({ proposal, signature }: SignedAnswer): Ballot {
  const { agentId, round, vote, conviction, inputsSha256 } = proposal;
  return { agentId, round, vote, convictionPpm: Math.round(conviction * 1e6), inputsSha256, signature };
}

/** The decision of consensus on these answers; a ballot whose proposal is not signed by its member's key does not count. */
export function decideRound(plan: RoundPlan, answers: readonly SignedAnswer[]): Decision {
  if (plan.motion !== undefined) return settle(plan.motion, ballotsIn(answers)).decision;
  const members = plan.assignments.map(({ member }) => member);
  const ballots = answers.map((answer) => ballotOf(answer));
  const isSigned = (ballot: Ballot, publicKey: string): boolean =>
    answers.some(
      (answer) => canonicalJson(ballotOf(answer)) === canonicalJson(ballot) && isSignedBy(answer, publicKey),
    );
  return decide(members, ballots, plan.rule, { round: plan.round, symbol: plan.symbol, verify: isSigned });
}

/** What a stranger needs to believe the decision of these answers; null outside Byzantine mode. */
export function testify({ motion }: RoundPlan, answers: readonly SignedAnswer[]): Testimony | null {
  if (motion === undefined) return null;
  const isSigned = openSignatureCheck();
  const ballots = ballotsIn(answers);
  const { certificate } = settle(motion, ballots, isSigned);
  return { certificate, equivocations: findEquivocations(ballots, isSigned) };
}

function ballotsIn(answers: readonly SignedAnswer[]): readonly SignedBallot[] {
  return answers.flatMap(({ ballot }) => ballot ?? []);
}

/** True when `publicKey` (SPKI DER, base64) signed the canonical JSON of the proposal. */
export function isSignedBy({ proposal, signature }: SignedAnswer, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ed25519") return false;
    return verify(null, Buffer.from(canonicalJson(proposal)), key, Buffer.from(signature, "base64"));
  } catch {
    // No key at all: nothing was signed by it.
    return false;
  }
}
