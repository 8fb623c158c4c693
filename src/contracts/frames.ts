// The conversation with an agent: one JSON object per line on its stdin and stdout. Frames from inside a sandbox are
// hostile: byte limit first, then JSON, then this schema, then the signature over `signedText`.
import { Type, type Static } from "typebox";
import { roleNames } from "./names.ts";
import { BarsSchema, DecisionsSchema, PartSchema, StrategyCodeSchema } from "./part-frames.ts";
import { MotionNameSchema, SignedBallotSchema } from "./signed-ballot.ts";

export const RoleSchema = Type.Enum([...roleNames]);
export type Role = (typeof roleNames)[number];

const Numbers = Type.Array(Type.Number(), { maxItems: 20_000 });

/** Bars up to and including the decision bar; later bars never enter a sandbox. */
export const WindowSchema = Type.Object(
  { symbol: Type.String(), t: Numbers, open: Numbers, high: Numbers, low: Numbers, close: Numbers, volume: Numbers },
  { additionalProperties: false },
);
export type MarketWindow = Static<typeof WindowSchema>;

export const HeadlineSchema = Type.Object(
  {
    text: Type.String({ maxLength: 2_000 }),
    symbol: Type.String(),
    publishedAt: Type.String(),
    source: Type.String(),
  },
  { additionalProperties: false },
);
export type Headline = Static<typeof HeadlineSchema>;

const Figures = Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()]));

/** What one agent thinks: -1 sell, 0 hold, 1 buy, or abstain; conviction in [0, 1]; the figures it rests on. */
export const ProposalSchema = Type.Object(
  {
    agentId: Type.String(),
    role: RoleSchema,
    round: Type.String(),
    symbol: Type.String(),
    vote: Type.Enum(["buy", "sell", "hold", "abstain"]),
    conviction: Type.Number({ minimum: 0, maximum: 1 }),
    strategy: Type.String(),
    figures: Figures,
    /** sha256 hex of the canonical JSON of the task's inputs, computed inside the sandbox. */
    inputsSha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  },
  { additionalProperties: false },
);
export type Proposal = Static<typeof ProposalSchema>;

/** What the coordinator role may see: its peers' proposals, read back from memory. */
export const TaskSchema = Type.Object(
  {
    kind: Type.Literal("task"),
    taskId: Type.String(),
    round: Type.String(),
    symbol: Type.String(),
    strategy: Type.String(),
    params: Type.Record(Type.String(), Type.Number()),
    window: Type.Union([WindowSchema, Type.Null()]),
    /** The other price of a pair, which only the pairs role looks at. */
    partner: Type.Optional(WindowSchema),
    headlines: Type.Array(HeadlineSchema, { maxItems: 1_000 }),
    peers: Type.Array(ProposalSchema, { maxItems: 100 }),
    /** Given in Byzantine rounds: the agent then signs a ballot on it, one per swarm and round in its whole life. */
    motion: Type.Optional(MotionNameSchema),
  },
  { additionalProperties: false },
);
export type Task = Static<typeof TaskSchema>;

export const FrameToAgentSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal("hello"),
      version: Type.Integer(),
      agentId: Type.String(),
      role: RoleSchema,
      nonce: Type.String({ maxLength: 256 }),
    },
    { additionalProperties: false },
  ),
  TaskSchema,
  BarsSchema,
  StrategyCodeSchema,
  PartSchema,
  Type.Object({ kind: Type.Literal("ping"), seq: Type.Integer() }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal("stop") }, { additionalProperties: false }),
]);
export type FrameToAgent = Static<typeof FrameToAgentSchema>;

export const FrameFromAgentSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal("ready"),
      version: Type.Integer(),
      agentId: Type.String(),
      pid: Type.Integer(),
      hostname: Type.String(),
      /** sha256 hex of nonce + ":" + the sandbox id the agent sees in its environment. */
      nonceEcho: Type.String({ pattern: "^[0-9a-f]{64}$" }),
      /** Ed25519 public key, SPKI DER in base64. The private key never leaves the sandbox. */
      publicKey: Type.String({ maxLength: 200 }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal("proposal"),
      taskId: Type.String(),
      proposal: ProposalSchema,
      /** Ed25519 over the canonical JSON of `proposal`, base64. */
      signature: Type.String({ maxLength: 200 }),
      /** Present when the task names a motion. */
      ballot: Type.Optional(SignedBallotSchema),
    },
    { additionalProperties: false },
  ),
  DecisionsSchema,
  Type.Object({ kind: Type.Literal("pong"), seq: Type.Integer() }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal("beat"), seq: Type.Integer() }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal("error"),
      taskId: Type.Union([Type.String(), Type.Null()]),
      message: Type.String({ maxLength: 2_000 }),
    },
    { additionalProperties: false },
  ),
]);
export type FrameFromAgent = Static<typeof FrameFromAgentSchema>;
