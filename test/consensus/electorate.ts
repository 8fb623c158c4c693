// An electorate with real keys, and motions and ballots of it, for the tests of agreement.
import { generateKeyPairSync, sign } from "node:crypto";
import type { Motion } from "../../src/contracts/agreement.ts";
import type { SignedBallot } from "../../src/contracts/signed-ballot.ts";
import type { Member } from "../../src/contracts/ballots.ts";
import { ballotText, type BallotStatement } from "../../src/contracts/ballot-text.ts";
import { makeMotion, motionSha256 } from "../../src/consensus/motion.ts";

export const sha = "0".repeat(64);
const pairs = new Map<string, ReturnType<typeof generateKeyPairSync>>();

function pairOf(agentId: string): ReturnType<typeof generateKeyPairSync> {
  const known = pairs.get(agentId) ?? generateKeyPairSync("ed25519");
  pairs.set(agentId, known);
  return known;
}

export function memberOf(agentId: string, more: Partial<Member> = {}): Member {
  const publicKey = pairOf(agentId).publicKey.export({ format: "der", type: "spki" }).toString("base64");
  return { agentId, role: "momentum", weightPpm: 1_000_000, publicKey, ...more };
}

export function motionOf(members: readonly Member[], more: Partial<Motion> = {}): Motion {
  const rule = {
    mode: "byzantine",
    quorum: { num: 2, den: 3 },
    threshold: { num: 2, den: 3 },
    deadbandPpm: 200_000,
  } as const;
  const { schema: _schema, ...rest } = more;
  return makeMotion({
    swarm: "s",
    epoch: 1,
    round: "r1",
    symbol: "AAPL",
    windowSha256: sha,
    members: [...members],
    rule,
    evictions: [],
    rhoPpm: null,
    history: null,
    ...rest,
  });
}

/** A ballot really signed with the key of `agentId`. */
export function ballotOf(
  motion: Motion,
  agentId: string,
  vote: SignedBallot["vote"],
  more: Partial<BallotStatement> = {},
): SignedBallot {
  const statement: BallotStatement = {
    schema: "ballot/1",
    swarm: motion.swarm,
    round: motion.round,
    motionSha256: motionSha256(motion),
    agentId,
    publicKey: memberOf(agentId).publicKey,
    vote,
    convictionPpm: 500_000,
    inputsSha256: sha,
    ...more,
  };
  const signature = sign(null, Buffer.from(ballotText(statement)), pairOf(agentId).privateKey).toString("base64");
  return { ...statement, signature };
}
