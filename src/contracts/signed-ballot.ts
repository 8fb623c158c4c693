// The ballot that a member signs inside its sandbox, and the proof that it signed two. The signature binds swarm, round, motion
// and key, so that a ballot counts once, in one place.
import { Type, type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Ppm = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** What an agent is told of a motion: enough to sign a ballot on it. */
export const MotionNameSchema = Type.Object({ swarm: Name, sha256: Sha256 }, closed);
export type MotionName = Static<typeof MotionNameSchema>;

export const SignedBallotSchema = Type.Object(
  {
    schema: Type.Literal("ballot/1"),
    swarm: Name,
    round: Name,
    /** sha256 hex of the canonical JSON of the motion: it binds members, keys, weights, rule and epoch. */
    motionSha256: Sha256,
    agentId: Name,
    /** The member's key, Ed25519, SPKI DER in base64. */
    publicKey: Type.String({ maxLength: 200 }),
    vote: Type.Enum(["buy", "sell", "hold", "abstain"]),
    convictionPpm: Ppm,
    inputsSha256: Sha256,
    /** Ed25519 over the canonical JSON of all other fields, base64. */
    signature: Type.String({ maxLength: 200 }),
  },
  closed,
);
export type SignedBallot = Static<typeof SignedBallotSchema>;

/** Two different ballots of one key in one round of one swarm: nobody but the holder of the key can make them. */
export const EquivocationSchema = Type.Object(
  { schema: Type.Literal("equivocation/1"), ballots: Type.Array(SignedBallotSchema, { minItems: 2, maxItems: 2 }) },
  closed,
);
export type Equivocation = Static<typeof EquivocationSchema>;
