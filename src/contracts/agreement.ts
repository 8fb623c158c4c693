// The words of a Byzantine vote: the motion that is voted on, and the certificate of its decision, which a stranger can check
// with nothing but its own bytes.
import { Type, type Static } from "typebox";
import { ConsensusRuleSchema, MemberSchema } from "./ballots.ts";
import { EquivocationSchema, SignedBallotSchema } from "./signed-ballot.ts";

const closed = { additionalProperties: false } as const;
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Ppm = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** Everything a vote is about and counted by, fixed before the first ballot. */
export const MotionSchema = Type.Object(
  {
    schema: Type.Literal("motion/1"),
    swarm: Name,
    /** Counts the electorates of a swarm: other members, keys or weights are another epoch. */
    epoch: Type.Integer({ minimum: 1 }),
    round: Name,
    symbol: Name,
    /** sha256 hex of the canonical JSON of the market window the members are asked about. */
    windowSha256: Sha256,
    /** The electorate, by agent id. */
    members: Type.Array(MemberSchema, { minItems: 1, maxItems: 1_000 }),
    rule: ConsensusRuleSchema,
    /** Members whose ballots no longer count, each by its own signatures. They stay in every denominator. */
    evictions: Type.Array(EquivocationSchema, { maxItems: 1_000 }),
    /** Correlations of past errors in the order of `members`, millionths; null when there is no record of any. */
    rhoPpm: Type.Union([Type.Array(Type.Array(Ppm, { maxItems: 100 }), { maxItems: 100 }), Type.Null()]),
    /** The resolved decisions that weights and correlations were computed from; null when there are none. */
    history: Type.Union([Type.Object({ sha256: Sha256, resolved: Type.Integer({ minimum: 1 }) }, closed), Type.Null()]),
  },
  closed,
);
export type Motion = Static<typeof MotionSchema>;

export const CertificateSchema = Type.Object(
  {
    schema: Type.Literal("certificate/1"),
    motion: MotionSchema,
    vote: Type.Enum(["buy", "sell", "hold"]),
    action: Type.Enum(["buy", "sell", "none"]),
    /** Signed size of the agreed direction: the (f+1)-th largest calibrated conviction, so that an honest member backs it. */
    convictionPpm: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
    /** Who votes: every member with weight, or the elected committee, by agent id. */
    voters: Type.Array(Name, { maxItems: 1_000 }),
    quorum: Type.Object(
      {
        faults: Type.Integer({ minimum: 0 }),
        /** Matching ballots needed: floor((n + f) / 2) + 1. */
        ballots: Type.Integer({ minimum: 1 }),
        /** Matching weight needed, and found, after the caps of fault domains. */
        weightPpm: Type.Integer({ minimum: 0 }),
        matchingWeightPpm: Type.Integer({ minimum: 0 }),
      },
      closed,
    ),
    /** (Σw)²/Σᵢⱼ wᵢwⱼρᵢⱼ over the voters; null when no correlation is known. */
    effectiveVotersPpm: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    /** The matching ballots, by agent id. */
    ballots: Type.Array(SignedBallotSchema, { minItems: 1, maxItems: 1_000 }),
  },
  closed,
);
export type Certificate = Static<typeof CertificateSchema>;
