// Ballots in, decision out. A refused trade is a Decision, not an error; every input is part of the record.
import { Type, type Static } from "typebox";
import { RoleSchema } from "./frames.ts";
import { consensusModes } from "./names.ts";

/** An assigned member of a vote. Weight decides whether; conviction decides which way and how much. */
export const MemberSchema = Type.Object(
  {
    agentId: Type.String(),
    role: RoleSchema,
    /** Registered weight in whole millionths; 1,000,000 is one full vote. */
    weightPpm: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    publicKey: Type.String(),
    /** What could make it wrong together with others: `model:…`, `data:…`. All members of a domain share a third at most. */
    domains: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 8 })),
    /** Part of its stated conviction that its record bears out; default all of it. */
    calibrationPpm: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
);
export type Member = Static<typeof MemberSchema>;

export const BallotSchema = Type.Object(
  {
    agentId: Type.String(),
    round: Type.String(),
    vote: Type.Enum(["buy", "sell", "hold", "abstain"]),
    /** Conviction in whole millionths, 0 to 1,000,000, so that the arithmetic is exact. */
    convictionPpm: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    inputsSha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    signature: Type.String(),
  },
  { additionalProperties: false },
);
export type Ballot = Static<typeof BallotSchema>;

export const ConsensusRuleSchema = Type.Object(
  {
    /** Default majority. Byzantine takes quorum and threshold from the number and the weight of the voters. */
    mode: Type.Optional(Type.Enum([...consensusModes])),
    /** Share of ASSIGNED weight that must have voted (abstention included), as a fraction: 2/3 is { num: 2, den: 3 }. */
    quorum: Type.Object(
      { num: Type.Integer({ minimum: 0 }), den: Type.Integer({ minimum: 1 }) },
      { additionalProperties: false },
    ),
    /** Share of ASSIGNED weight on the winning side. */
    threshold: Type.Object(
      { num: Type.Integer({ minimum: 0 }), den: Type.Integer({ minimum: 1 }) },
      { additionalProperties: false },
    ),
    /** |conviction-weighted mean| below this many millionths is no trade. */
    deadbandPpm: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  },
  { additionalProperties: false },
);
export type ConsensusRule = Static<typeof ConsensusRuleSchema>;

export const DecisionSchema = Type.Object(
  {
    round: Type.String(),
    symbol: Type.String(),
    action: Type.Enum(["buy", "sell", "none"]),
    reason: Type.Enum(["agreed", "no-quorum", "tie", "below-threshold", "deadband", "all-abstained"]),
    /** Weight on the winning side over ALL assigned weight, millionths, rounded down. */
    consensusLevelPpm: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    /** Conviction-weighted mean over those who voted buy, sell or hold, millionths, sign included, rounded toward zero. */
    convictionPpm: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
    assignedWeightPpm: Type.Integer({ minimum: 0 }),
    votedWeightPpm: Type.Integer({ minimum: 0 }),
    rule: ConsensusRuleSchema,
    members: Type.Array(MemberSchema),
    ballots: Type.Array(BallotSchema),
    /** Ballots that did not count, each with its reason. */
    rejected: Type.Array(
      Type.Object(
        {
          agentId: Type.String(),
          reason: Type.Enum([
            "not-a-member",
            "not-elected",
            "evicted",
            "wrong-round",
            "duplicate",
            "contradiction",
            "late",
            "bad-signature",
          ]),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type Decision = Static<typeof DecisionSchema>;
