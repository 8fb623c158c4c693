// What a member signs when it votes. Both ends write it: the program inside the sandbox, and whoever checks the signature.
import type { MotionName, SignedBallot } from "./signed-ballot.ts";
import type { Proposal } from "./frames.ts";

export type BallotStatement = Omit<SignedBallot, "signature">;

/** The statement a member makes on a motion when this is its proposal. Conviction in whole millionths. */
export function statementOf(motion: MotionName, proposal: Proposal, publicKey: string): BallotStatement {
  const { agentId, round, vote, conviction, inputsSha256 } = proposal;
  return {
    schema: "ballot/1",
    swarm: motion.swarm,
    round,
    motionSha256: motion.sha256,
    agentId,
    publicKey,
    vote,
    convictionPpm: Math.round(conviction * 1e6),
    inputsSha256,
  };
}

/** Canonical JSON of the statement, without the signature if one is there. */
export function ballotText(ballot: BallotStatement): string {
  const { agentId, convictionPpm, inputsSha256, motionSha256, publicKey, round, schema, swarm, vote } = ballot;
  // Written in the canonical order of keys, so that the platform's own writer makes the canonical text: every check needs it.
  return JSON.stringify({
    agentId,
    convictionPpm,
    inputsSha256,
    motionSha256,
    publicKey,
    round,
    schema,
    swarm,
    vote,
  } satisfies BallotStatement);
}
