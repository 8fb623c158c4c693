// What is kept under the keys of the reference swarm: either the plain figures of the requirement reports, or what our own
// agents write, which is the signed proposal those figures rest on.
import { Type } from "typebox";
import { DecisionSchema } from "./ballots.ts";
import { ProposalSchema } from "./frames.ts";

const Timestamp = Type.String({ minLength: 1, maxLength: 64 });
const Source = Type.String({ minLength: 1, maxLength: 200 });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const closed = { additionalProperties: false } as const;

/** An agent's signed answer of a round. */
const RecordedAnswer = Type.Object({ round: Type.String(), proposal: ProposalSchema, signature: Type.String() });

export const MarketDataValue = Type.Union([
  RecordedAnswer,
  Type.Object(
    {
      symbol: Type.String({ minLength: 1 }),
      price: Type.Number({ exclusiveMinimum: 0 }),
      volume: Type.Number({ minimum: 0 }),
      timestamp: Timestamp,
      source: Source,
    },
    closed,
  ),
]);

export const SentimentValue = Type.Union([
  RecordedAnswer,
  Type.Object(
    {
      sentiment: Type.Enum(["bullish", "bearish", "neutral"]),
      confidence: Share,
      sources: Type.Array(Source, { maxItems: 100 }),
      timestamp: Timestamp,
      source: Source,
    },
    closed,
  ),
]);

export const SignalValue = Type.Union([
  RecordedAnswer,
  Type.Object(
    {
      signal: Type.Enum(["buy", "sell", "hold"]),
      strength: Share,
      indicators: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String(), Type.Null()])),
      timestamp: Type.Optional(Timestamp),
      source: Type.Optional(Source),
    },
    closed,
  ),
]);

export const BallotValue = RecordedAnswer;

export const DecisionValue = Type.Union([
  Type.Object({ round: Type.String(), decision: DecisionSchema }),
  Type.Object(
    {
      final_decision: Type.Enum(["buy", "sell", "hold", "none"]),
      position_size: Share,
      risk_score: Share,
      consensus_level: Share,
      agents_consulted: Type.Array(Type.String(), { maxItems: 1_000 }),
      timestamp: Timestamp,
      source: Source,
    },
    closed,
  ),
]);
