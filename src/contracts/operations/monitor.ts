// Input and output of the monitor: everything that runs, what it costs, and what is over a threshold, at one moment.
import { Type, type Static } from "typebox";
import { RoleSchema } from "../frames.ts";
import { agentStates } from "../live-swarm.ts";
import { topologyKinds } from "../names.ts";
import { SandboxStatusSchema } from "../sandbox.ts";

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: "date-time" });
const Count = Type.Integer({ minimum: 0 });
const Ms = Type.Number({ minimum: 0 });
const MicroUsd = Type.Integer({ minimum: 0, description: "micro-US-dollars" });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const MonitorInput = Type.Object(
  {
    alerts: Type.Optional(
      Type.Object(
        {
          budgetShare: Type.Optional(
            Type.Number({ minimum: 0, default: 0.8, description: "cost of the day over the budget" }),
          ),
          createP95Ms: Type.Optional(
            Type.Number({ minimum: 0, default: 5_000, description: "p95 of creating, last hour" }),
          ),
          successRate: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1, default: 0.9, description: "creates that worked, last hour" }),
          ),
        },
        { ...closed, description: "thresholds: budgetShare (0.8), createP95Ms (5000), successRate (0.9)" },
      ),
    ),
  },
  closed,
);

const Sandbox = Type.Object(
  {
    sandboxId: Type.String(),
    name: Type.String(),
    template: Type.String(),
    status: SandboxStatusSchema,
    cpuCount: Count,
    memoryMb: Count,
    ageSeconds: Ms,
    endsAt: Time,
    /** Since it was created, at list price. */
    costMicroUsd: MicroUsd,
  },
  closed,
);

const Agent = Type.Object(
  {
    agentId: Type.String(),
    agentType: RoleSchema,
    status: Type.Enum([...agentStates]),
    sandboxId: Type.String(),
    openTasks: Count,
    completedTasks: Count,
    failedTasks: Count,
    latencyMs: OrNull(Ms),
  },
  closed,
);

const Swarm = Type.Object(
  {
    swarmId: Type.String(),
    status: Type.Enum(["active", "degraded"]),
    topology: Type.Enum([...topologyKinds]),
    activeAgents: Count,
    wantedAgents: Count,
    openTasks: Count,
    agents: Type.Array(Agent),
  },
  closed,
);

export const MonitorOutput = Type.Object(
  {
    timestamp: Time,
    target: Type.Enum(["local", "cloud"]),
    isolation: Type.Enum(["bwrap", "gvisor", "none", "provider"]),
    sandboxes: Type.Object({ total: Count, running: Count, list: Type.Array(Sandbox) }, closed),
    /** Live swarms of this record; those that have ended are left out. */
    swarms: Type.Array(Swarm),
    agents: Type.Object({ total: Count, active: Count }, closed),
    cost: Type.Object(
      {
        /** Of this machine's seconds it is a model of a bill. */
        provenance: Type.Enum(["measured", "modelled"]),
        priceList: Type.String(),
        since: Time,
        sandboxSeconds: Ms,
        totalMicroUsd: MicroUsd,
        perHourMicroUsd: MicroUsd,
        budgetMicroUsd: MicroUsd,
        /** Null with a budget of nothing. */
        budgetShare: OrNull(Ms),
        /** Sandboxes whose end nobody saw, counted to the end of their life. */
        assumed: Count,
      },
      closed,
    ),
    /** Of the last hour, by the processes of this folder. Null = not measured, or too seldom: a p95 needs 20 samples. */
    creates: Type.Object(
      {
        attempts: Count,
        failed: Count,
        successRate: OrNull(Share),
        timed: Count,
        p50Ms: OrNull(Ms),
        p95Ms: OrNull(Ms),
        mostMs: OrNull(Ms),
      },
      closed,
    ),
    alerts: Type.Array(
      Type.Object(
        {
          name: Type.Enum(["cost", "create-p95", "success"]),
          severity: Type.Enum(["warning", "critical"]),
          message: Type.String(),
          value: Type.Number(),
          limit: Type.Number(),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type MonitorOutput = Static<typeof MonitorOutput>;
