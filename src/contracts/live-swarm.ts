// What stands in the record about a live swarm: how it was set up, what people want of it, where its agents are, and what its
// leader last said of it. Whoever can write to the record can write these, so they are checked whenever they are read.
import { Type, type Static } from "typebox";
import { RoleSchema } from "./frames.ts";
import { distributionNames, topologyKinds } from "./names.ts";

const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Count = Type.Integer({ minimum: 0 });

/** As many as one coordinator is measured with (reference coordination §8). */
export const mostAgents = 200;
/** What a swarm did, its answers and its figures, stays in the record so long, seconds. */
export const keptSeconds = 31 * 86_400;
const Agents = Type.Integer({ minimum: 0, maximum: mostAgents });

/** What one agent is there for. */
export const PostSchema = Type.Object(
  {
    /** Unique in its swarm. */
    postId: Name,
    role: RoleSchema,
    /** The symbols it is asked about; empty = any. */
    symbols: Type.Array(Type.String({ minLength: 1, maxLength: 20 }), { maxItems: 50 }),
    /** Parameters of its strategy. */
    params: Type.Record(Type.String({ maxLength: 60 }), Type.Number()),
  },
  closed,
);
export type Post = Static<typeof PostSchema>;

export const WantedSchema = Type.Object(
  {
    /** Agents, at least and at most; equal = exactly so many, whatever the load. */
    min: Agents,
    max: Agents,
    /** Every agent finishes what it holds and goes, then the coordinators end. */
    ended: Type.Boolean(),
    /** It ends by itself then, ms since 1970; null = when somebody says so. */
    untilMs: Type.Union([Count, Type.Null()]),
    /** Empty leaves it to the coordinator what its agents are there for. */
    posts: Type.Array(PostSchema, { maxItems: mostAgents }),
  },
  closed,
);
/** What people want of a running swarm. */
export type Wanted = Static<typeof WantedSchema>;

export const PlaceSchema = Type.Object(
  {
    sandboxId: Name,
    processId: Count,
    /** SPKI DER in base64. */
    publicKey: Type.String({ maxLength: 200 }),
    post: PostSchema,
    sinceMs: Count,
  },
  closed,
);
/** Where an agent lives and what for, so that another coordinator can find it. */
export type Place = Static<typeof PlaceSchema>;

export const swarmStrategies = ["balanced", "aggressive", "conservative", "adaptive"] as const;

/** How a swarm was set up; never changed. */
export const SwarmConfigSchema = Type.Object(
  {
    swarmId: Name,
    topology: Type.Enum([...topologyKinds]),
    maxAgents: Type.Integer({ minimum: 1, maximum: mostAgents }),
    strategy: Type.Enum([...swarmStrategies]),
    autoScale: Type.Boolean(),
    /** Processes that lead or stand by; a call that finds fewer starts the missing ones. */
    coordinators: Type.Integer({ minimum: 1, maximum: 3 }),
    createdMs: Count,
  },
  closed,
);
export type SwarmConfig = Static<typeof SwarmConfigSchema>;

export const PresenceSchema = Type.Object(
  { pid: Count, startedAt: Type.String({ maxLength: 100 }), host: Type.String({ maxLength: 300 }) },
  closed,
);
/** A coordinator that lives, leading or not. */
export type Presence = Static<typeof PresenceSchema>;

export const ExecutionSchema = Type.Object(
  {
    atMs: Count,
    decisions: Count,
    trades: Count,
    /** Of the paper book after the fills, against the capital before them. */
    pnlMicroUsd: Type.Integer(),
  },
  closed,
);
/** One run of the swarm's vote on symbols, booked. */
export type Execution = Static<typeof ExecutionSchema>;

const Ms = Type.Number({ minimum: 0 });
/** Agents as the leader sees them. */
export const agentStates = ["initializing", "ready", "busy", "draining", "error", "offline"] as const;

export const AgentReportSchema = Type.Object(
  {
    agentId: Name,
    status: Type.Enum([...agentStates]),
    /** Tasks it holds. */
    open: Count,
    completed: Count,
    failed: Count,
    /** Moving mean from lease to answer. */
    latencyMs: Ms,
    /** Since it was last heard. */
    silentMs: Ms,
  },
  closed,
);
export type AgentReport = Static<typeof AgentReportSchema>;

/** What happened since this leader leads. */
export const TallySchema = Type.Object(
  {
    done: Count,
    dead: Count,
    expired: Count,
    fenced: Count,
    votes: Count,
    /** Of the votes, those that decided for a trade. */
    agreed: Count,
    detected: Count,
    recovered: Count,
    escalated: Count,
  },
  closed,
);
export type Tally = Static<typeof TallySchema>;

export const BulletinSchema = Type.Object(
  {
    /** By the leader's clock, ms since 1970. */
    atMs: Count,
    leader: Name,
    epoch: Count,
    ledSinceMs: Count,
    wanted: Count,
    /** Taken in and not done. */
    openTasks: Count,
    agents: Type.Array(AgentReportSchema, { maxItems: 2 * mostAgents }),
    tally: TallySchema,
  },
  closed,
);
/** What the leader says of its swarm, about once a second. */
export type Bulletin = Static<typeof BulletinSchema>;

export const MinuteSchema = Type.Object(
  {
    /** Its beginning, ms since 1970. */
    atMs: Count,
    done: Count,
    dead: Count,
    expired: Count,
    votes: Count,
    sumMs: Ms,
    leastMs: Ms,
    mostMs: Ms,
    /** Durations by bucket of src/swarm/runtime/log-histogram.ts. */
    buckets: Type.Record(Type.String({ maxLength: 10 }), Count),
  },
  closed,
);
/** What ended within one minute. */
export type Minute = Static<typeof MinuteSchema>;

const HeldSchema = Type.Object({ agentId: Name, status: Type.Enum([...agentStates]), openTasks: Count }, closed);

export const RebalanceSchema = Type.Object(
  {
    atMs: Count,
    leader: Name,
    epoch: Count,
    gap: Type.Number({ minimum: 0, maximum: 1 }),
    /** Tasks an agent may hold. */
    slots: Count,
    /** Under a new fence at `to`; `fence` is the one that ended. */
    moves: Type.Array(Type.Object({ taskId: Type.String(), from: Name, to: Name, fence: Count }, closed)),
    before: Type.Array(HeldSchema, { maxItems: 2 * mostAgents }),
    after: Type.Array(HeldSchema, { maxItems: 2 * mostAgents }),
  },
  closed,
);
/** What a leader did at people's word to even out the work. */
export type Rebalance = Static<typeof RebalanceSchema>;

export const CoordinateSchema = Type.Object(
  {
    /** Namespace of the record, one per swarm. */
    namespace: Name,
    /** Key of the namespace without which there is nothing to coordinate; absent = it coordinates until it is stopped. */
    onlyWhile: Type.Optional(Name),
    /** Until people say something else. */
    agents: Agents,
    /** Most agents people may ask for; default as many as `agents`. */
    maxAgents: Type.Optional(Agents),
    role: Type.Optional(RoleSchema),
    topology: Type.Optional(Type.Enum([...topologyKinds])),
    distribution: Type.Optional(Type.Enum([...distributionNames])),
    /** Below it a conviction is no trade, millionths. */
    deadbandPpm: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    slotsPerAgent: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  closed,
);
/** What a coordinator's program is told. */
export type Coordinate = Static<typeof CoordinateSchema>;
