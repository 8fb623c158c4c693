// A simulation's input, its latency model and its report. What was measured says from where; what comes out says that it
// was simulated. Nothing that depends on the machine's speed is inside `report`.
import { Type, type Static } from "typebox";
import { topologyKinds } from "./names.ts";

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** One measured or declared distribution: draws pick a sample with equal chance. */
const SeriesSchema = Type.Object(
  {
    what: Type.String({ minLength: 1 }),
    provenance: Type.Enum(["measured", "modelled", "declared"]),
    target: Type.Enum(["local", "cloud"]),
    source: Type.String({ minLength: 1 }),
    sha256: Type.Union([Sha256, Type.Null()]),
    /** Microseconds, ascending. */
    samplesUs: Type.Array(Type.Integer({ minimum: 0, maximum: 3_600_000_000 }), { minItems: 1, maxItems: 100_000 }),
  },
  closed,
);

export const LatencyModelSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 60 }),
    note: Type.String(),
    series: Type.Object(
      {
        /** One message over one edge of the topology. */
        hop: SeriesSchema,
        /** One durable write of the record. */
        put: SeriesSchema,
        /** An agent's work on one task. */
        work: SeriesSchema,
        /** From the order to restart a program to its first frame. */
        restart: SeriesSchema,
        /** From the order for a new sandbox to its agent's first frame. */
        replace: SeriesSchema,
        /** One agent's opinion in a vote. */
        vote: SeriesSchema,
      },
      closed,
    ),
  },
  closed,
);
export type LatencyModel = Static<typeof LatencyModelSchema>;

export const SimulateInput = Type.Object(
  {
    agents: Type.Optional(
      Type.Integer({ minimum: 3, maximum: 200_000, default: 1_000, description: "agents of the swarm" }),
    ),
    hours: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 100, default: 6.5, description: "virtual hours of one run" }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        default: 1,
        description: "everything random follows from it",
      }),
    ),
    seeds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, default: 1, description: "runs with this and the next seeds" }),
    ),
    minAgents: Type.Optional(
      Type.Integer({ minimum: 3, maximum: 200_000, description: "lets the swarm shrink to so many; default: agents" }),
    ),
    tasksPerAgentHour: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 3_600,
        default: 4,
        description: "work offered; 4 is one per 15-minute bar",
      }),
    ),
    distribution: Type.Optional(
      Type.Enum(["round-robin", "least-loaded", "specialised", "adaptive"], {
        default: "least-loaded",
        description: "who gets a task",
      }),
    ),
    topology: Type.Optional(
      Type.Enum([...topologyKinds], { default: "hierarchical", description: "along which edges messages travel" }),
    ),
    faults: Type.Optional(
      Type.Enum(["none", "usual", "heavy"], { default: "usual", description: "how much goes wrong" }),
    ),
    growth: Type.Optional(
      Type.Boolean({ default: true, description: "false leaves out the smaller runs of the growth table" }),
    ),
  },
  closed,
);
export type SimulateInput = Static<typeof SimulateInput>;

const QuantilesSchema = Type.Union([
  Type.Object(
    { n: Type.Integer({ minimum: 1 }), p50Ms: Type.Number(), p99Ms: Type.Number(), maxMs: Type.Number() },
    closed,
  ),
  Type.Null(),
]);

const FaultRowSchema = Type.Object(
  {
    kind: Type.String(),
    planned: Count,
    attempted: Count,
    observed: Count,
    healed: Count,
    /** From the fault to its detection, and from the fault to normal work; null where none was timed. */
    detection: QuantilesSchema,
    downtime: QuantilesSchema,
  },
  closed,
);

const RunSchema = Type.Object(
  {
    seed: Count,
    agents: Count,
    hours: Type.Number(),
    tasks: Type.Object(
      { offered: Count, accepted: Count, done: Count, dead: Count, refusedFull: Count, leases: Count, fenced: Count },
      closed,
    ),
    /** From the first offer to the durable result. */
    turnaround: QuantilesSchema,
    votes: Type.Object({ asked: Count, traded: Count, noTrade: Count, noPanel: Count, undecided: Count }, closed),
    agentsSeen: Type.Object({ most: Count, least: Count, started: Count, escalated: Count }, closed),
    coordinators: Type.Object({ epochs: Count, staleWritesRefused: Count }, closed),
    messages: Type.Object({ sent: Count, hops: Count, beats: Count }, closed),
    faults: Type.Array(FaultRowSchema),
    /** Checks made of each invariant; a run with a violation makes no report. */
    invariants: Type.Array(Type.Object({ name: Type.String(), checks: Count }, closed)),
    events: Count,
    steps: Count,
    cost: Type.Object(
      {
        provenance: Type.Literal("simulated"),
        priceList: Type.String(),
        priceListSha256: Sha256,
        sandboxSeconds: Type.Number(),
        totalMicroUsd: Type.Integer(),
      },
      closed,
    ),
    /** Of every event and effect of the run, in order. */
    traceSha256: Sha256,
  },
  closed,
);
export type SimulatedRun = Static<typeof RunSchema>;

export const SimulateOutput = Type.Object(
  {
    /** Equal for equal input and package version, bit for bit. */
    report: Type.Object(
      {
        provenance: Type.Literal("simulated"),
        command: Type.String({ description: "replays the report" }),
        model: Type.Object(
          {
            id: Type.String(),
            sha256: Sha256,
            note: Type.String(),
            series: Type.Array(
              Type.Object(
                {
                  name: Type.String(),
                  what: Type.String(),
                  provenance: Type.Enum(["measured", "modelled", "declared"]),
                  target: Type.Enum(["local", "cloud"]),
                  source: Type.String(),
                  samples: Count,
                },
                closed,
              ),
            ),
          },
          closed,
        ),
        run: RunSchema,
        /** Further seeds, when more than one was asked for. */
        seeds: Type.Array(Type.Object({ seed: Count, traceSha256: Sha256, steps: Count }, closed)),
        growth: Type.Array(
          Type.Object(
            {
              agents: Count,
              tasks: Count,
              events: Count,
              steps: Count,
              eventsPerAgent: Type.Number(),
              traceSha256: Sha256,
            },
            closed,
          ),
        ),
        topologies: Type.Array(
          Type.Object(
            {
              kind: Type.Enum([...topologyKinds]),
              members: Count,
              edges: Count,
              meanHops: Type.Number(),
              mostHops: Count,
              meanLatencyMs: Type.Number(),
              broadcastMessages: Count,
              broadcastLatencyMs: Type.Number(),
              /** Members cut off when the hub, root or first member dies: before and after repair. */
              lostByFirst: Count,
              lostAfterRepair: Count,
            },
            closed,
          ),
        ),
      },
      closed,
    ),
    /** How long it took here; differs from run to run and is no part of the report. */
    wall: Type.Object(
      {
        reproducible: Type.Literal(false),
        sizes: Type.Array(
          Type.Object(
            { agents: Count, seconds: Type.Number(), agentsPerSecond: Type.Number(), eventsPerSecond: Type.Number() },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
  closed,
);
export type SimulateOutput = Static<typeof SimulateOutput>;
