// Inputs and outputs of the operations on a live swarm: one that goes on working after the call that made it.
import { Type, type Static } from "typebox";
import { RoleSchema } from "../frames.ts";
import { agentStates, swarmStrategies } from "../live-swarm.ts";
import { roleNames, topologyKinds } from "../names.ts";

const closed = { additionalProperties: false } as const;
const SwarmId = Type.String({ pattern: "^swarm_[0-9a-z]{16}$", description: "id of a live swarm" });
const AgentId = Type.String({ minLength: 1, maxLength: 100, description: "id of an agent of the swarm" });
const Time = Type.String({ format: "date-time" });
const Count = Type.Integer({ minimum: 0 });
const Ms = Type.Number({ minimum: 0 });
const MicroUsd = Type.Integer({ description: "micro-US-dollars" });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const most = 50;

export const InitSwarmInput = Type.Object(
  {
    topology: Type.Enum([...topologyKinds], { description: "how coordinator and agents are connected" }),
    maxAgents: Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: 5, description: "most agents ever" })),
    strategy: Type.Optional(
      Type.Enum([...swarmStrategies], {
        default: "balanced",
        description:
          "conviction below which nothing is traded: aggressive 0, balanced and adaptive 0.2, conservative 0.4; adaptive also gives tasks by measured speed and errors",
      }),
    ),
    sharedMemory: Type.Optional(
      Type.Boolean({
        default: true,
        description: "agents and coordinators share one durable record; there is no other way",
      }),
    ),
    autoScale: Type.Optional(
      Type.Boolean({ default: false, description: "let the load start more agents, up to maxAgents" }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Integer({ minimum: 10, maximum: 86_400, default: 3_600, description: "the swarm ends by itself after it" }),
    ),
    coordinators: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3, default: 2, description: "processes that lead or stand by" }),
    ),
  },
  closed,
);
export type InitSwarmInput = Static<typeof InitSwarmInput>;
export const InitSwarmOutput = Type.Object(
  {
    swarmId: SwarmId,
    topology: Type.Enum([...topologyKinds]),
    maxAgents: Count,
    strategy: Type.Enum([...swarmStrategies]),
    status: Type.Enum(["active"]),
    coordinators: Count,
    createdAt: Time,
    endsAt: Time,
  },
  closed,
);

const LiveAgent = Type.Object(
  {
    agentId: AgentId,
    agentType: RoleSchema,
    status: Type.Enum([...agentStates]),
    symbols: Type.Array(Type.String()),
    sandboxId: Type.String(),
    deployedAt: Time,
    /** Tasks it holds now, and tasks it ended under the present leader. */
    openTasks: Count,
    completedTasks: Count,
    failedTasks: Count,
    /** Moving mean from a task's lease to its answer; null before the first. */
    latencyMs: OrNull(Ms),
    /** Since it was last heard; an agent beats every 200 ms. */
    silentMs: Ms,
  },
  closed,
);
export type LiveAgent = Static<typeof LiveAgent>;

export const DeployAgentInput = Type.Object(
  {
    swarmId: SwarmId,
    agentType: Type.String({ minLength: 1, maxLength: 60, description: `one of ${roleNames.join(", ")}` }),
    symbols: Type.Array(Type.String({ minLength: 1, maxLength: 20 }), {
      minItems: 1,
      maxItems: most,
      description: "symbols of the installed series that the swarm votes on when none are named",
    }),
    strategyParams: Type.Optional(
      Type.Record(Type.String({ maxLength: 60 }), Type.Number(), { description: "parameters of the strategy" }),
    ),
    useGpu: Type.Optional(Type.Boolean({ default: false, description: "needs a target with GPUs" })),
  },
  closed,
);
export type DeployAgentInput = Static<typeof DeployAgentInput>;
export const DeployAgentOutput = Type.Object(
  {
    swarmId: SwarmId,
    agent: LiveAgent,
    readyMs: Type.Number({ minimum: 0, description: "from the call until it joined" }),
  },
  closed,
);

export const SwarmInput = Type.Object({ swarmId: SwarmId }, closed);
export const AgentInput = Type.Object({ swarmId: SwarmId, agentId: AgentId }, closed);

export const SwarmStatusInput = Type.Object(
  {
    swarmId: SwarmId,
    includeMetrics: Type.Optional(Type.Boolean({ default: true, description: "counts and latency" })),
    includeAgents: Type.Optional(Type.Boolean({ default: true, description: "one row for each agent" })),
  },
  closed,
);
export const SwarmStatusOutput = Type.Object(
  {
    swarmId: SwarmId,
    /** degraded: somebody leads, and fewer agents are ready than wanted; stopped: it has ended, or nobody leads. */
    status: Type.Enum(["active", "degraded", "stopped"]),
    topology: Type.Enum([...topologyKinds]),
    strategy: Type.Enum([...swarmStrategies]),
    agentCount: Count,
    activeAgents: Count,
    wantedAgents: Count,
    openTasks: Count,
    totalTrades: Count,
    uptimeSeconds: Type.Number({ minimum: 0 }),
    createdAt: Time,
    endsAt: OrNull(Time),
    leader: OrNull(Type.String()),
    agents: Type.Optional(Type.Array(LiveAgent)),
    metrics: Type.Optional(
      Type.Object(
        {
          /** Of the last hour; null when nothing ended in it. */
          averageLatencyMs: OrNull(Ms),
          /** Done of done and given up; null when nothing ended. */
          successRate: OrNull(Type.Number({ minimum: 0, maximum: 1 })),
          totalPnlMicroUsd: MicroUsd,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type SwarmStatusInput = Static<typeof SwarmStatusInput>;
export type SwarmStatusOutput = Static<typeof SwarmStatusOutput>;

export const ListSwarmsInput = Type.Object({}, closed);
export const ListSwarmsOutput = Type.Object(
  {
    swarms: Type.Array(
      Type.Object(
        {
          swarmId: SwarmId,
          status: Type.Enum(["active", "degraded", "stopped"]),
          topology: Type.Enum([...topologyKinds]),
          activeAgents: Count,
          wantedAgents: Count,
          createdAt: Time,
          endsAt: OrNull(Time),
        },
        closed,
      ),
    ),
    total: Count,
  },
  closed,
);
export const ListAgentsOutput = Type.Object({ swarmId: SwarmId, agents: Type.Array(LiveAgent), total: Count }, closed);
export const AgentOutput = Type.Object({ swarmId: SwarmId, agent: LiveAgent }, closed);
export const StopAgentInput = Type.Object(
  {
    swarmId: SwarmId,
    agentId: AgentId,
    force: Type.Optional(
      Type.Boolean({ default: false, description: "do not ask, and end its sandbox at once; held tasks go to others" }),
    ),
  },
  closed,
);
export const StopAgentOutput = Type.Object(
  { swarmId: SwarmId, agentId: AgentId, status: Type.Enum(["stopped"]), stoppedAt: Time },
  closed,
);
export const RestartAgentOutput = Type.Object(
  { swarmId: SwarmId, agent: LiveAgent, tookMs: Type.Number({ minimum: 0, description: "until it joined again" }) },
  closed,
);

export const ScaleSwarmInput = Type.Object(
  {
    swarmId: SwarmId,
    targetAgents: Type.Integer({ minimum: 0, maximum: most, description: "agents from now on" }),
    scaleMode: Type.Optional(
      Type.Enum(["immediate", "gradual", "adaptive"], {
        default: "gradual",
        description: "all at once; one after the other; or let the load decide up to the target",
      }),
    ),
    preserveState: Type.Optional(
      Type.Boolean({ default: true, description: "finish what leaving agents hold; there is no other way" }),
    ),
  },
  closed,
);
export const ScaleSwarmOutput = Type.Object(
  {
    swarmId: SwarmId,
    previousAgents: Count,
    targetAgents: Count,
    currentAgents: Count,
    status: Type.Enum(["completed", "scaling"]),
    tookMs: Ms,
  },
  closed,
);

export const ShutdownSwarmInput = Type.Object(
  {
    swarmId: SwarmId,
    gracePeriodSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3_600,
        default: 60,
        description: "time for agents to finish what they hold",
      }),
    ),
    saveState: Type.Optional(
      Type.Boolean({ default: true, description: "keep what the record holds of the swarm; false forgets all of it" }),
    ),
    force: Type.Optional(
      Type.Boolean({ default: false, description: "end the sandboxes at once; held tasks stay queued" }),
    ),
  },
  closed,
);
export const ShutdownSwarmOutput = Type.Object(
  {
    swarmId: SwarmId,
    status: Type.Enum(["stopped"]),
    agentsStopped: Count,
    stateSaved: Type.Boolean(),
    shutdownAt: Time,
    finalMetrics: Type.Object(
      {
        totalRuntimeSeconds: Type.Number({ minimum: 0 }),
        tasksDone: Count,
        totalTrades: Count,
        totalPnlMicroUsd: MicroUsd,
      },
      closed,
    ),
  },
  closed,
);

export const SwarmMetricsInput = Type.Object(
  {
    swarmId: SwarmId,
    timeRange: Type.Optional(
      Type.Enum(["1h", "6h", "24h", "7d", "30d"], { default: "24h", description: "whole minutes until now" }),
    ),
  },
  closed,
);
export const SwarmMetricsOutput = Type.Object(
  {
    swarmId: SwarmId,
    timeRange: Type.Enum(["1h", "6h", "24h", "7d", "30d"]),
    from: Time,
    to: Time,
    tasksDone: Count,
    tasksDead: Count,
    leasesExpired: Count,
    votes: Count,
    /** From taken in to durable result; quantiles are upper bounds, at most 9.1 % above the true ones. Null of nothing. */
    latencyMs: OrNull(
      Type.Object({ count: Count, average: Ms, least: Ms, most: Ms, p50: Ms, p95: Ms, p99: Ms }, closed),
    ),
    /** Tasks and votes ended per second of the range in which the swarm lived. */
    throughputPerSecond: Ms,
    successRate: OrNull(Type.Number({ minimum: 0, maximum: 1 })),
    errorRate: OrNull(Type.Number({ minimum: 0, maximum: 1 })),
    totalTrades: Count,
    totalPnlMicroUsd: MicroUsd,
    perAgent: Type.Array(LiveAgent),
  },
  closed,
);

export const SwarmHealthInput = Type.Object(
  {
    swarmId: SwarmId,
    alerts: Type.Optional(
      Type.Object(
        {
          failure: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1, default: 0.2, description: "share of agents down" }),
          ),
          latencyMs: Type.Optional(Type.Number({ minimum: 0, default: 1_000, description: "p95 of the last hour" })),
          errorRate: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1, default: 0.05, description: "of the last hour" }),
          ),
        },
        { ...closed, description: "thresholds: failure, latencyMs, errorRate" },
      ),
    ),
  },
  closed,
);
export const SwarmHealthOutput = Type.Object(
  {
    swarmId: SwarmId,
    /** critical: nobody leads, or no agent is ready; degraded: any alert. */
    healthStatus: Type.Enum(["healthy", "degraded", "critical"]),
    timestamp: Time,
    metrics: Type.Object(
      {
        uptimeSeconds: Type.Number({ minimum: 0 }),
        /** Age of the leader's last word; null when nobody leads. */
        leaderSilentMs: OrNull(Ms),
        agentsDown: Count,
        agentsWanted: Count,
        p95LatencyMs: OrNull(Ms),
        errorRate: OrNull(Type.Number({ minimum: 0, maximum: 1 })),
        failuresDetected: Count,
        failuresRecovered: Count,
      },
      closed,
    ),
    alerts: Type.Array(
      Type.Object({ severity: Type.Enum(["warning", "critical"]), message: Type.String(), timestamp: Time }, closed),
    ),
    agentHealth: Type.Array(
      Type.Object({ agentId: AgentId, status: Type.Enum([...agentStates]), lastHeartbeatMs: Ms }, closed),
    ),
  },
  closed,
);
export type SwarmHealthInput = Static<typeof SwarmHealthInput>;
export type SwarmHealthOutput = Static<typeof SwarmHealthOutput>;

const Share = Type.Number({ minimum: 0, maximum: 1 });
const HeldTasks = Type.Object(
  {
    agentId: AgentId,
    status: Type.Enum([...agentStates]),
    openTasks: Count,
    /** Open tasks over the places an agent has. */
    load: Share,
  },
  closed,
);

export const RebalanceSwarmInput = Type.Object(
  {
    swarmId: SwarmId,
    threshold: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: "tasks are moved when the busiest agent's load is at least so far above the average",
      }),
    ),
  },
  closed,
);
export const RebalanceSwarmOutput = Type.Object(
  {
    swarmId: SwarmId,
    /** balanced: nothing had to be moved. */
    status: Type.Enum(["rebalanced", "balanced"]),
    threshold: Share,
    /** As the leader wrote it down: each task was taken from one agent and given to another under a new lease. */
    moved: Type.Array(Type.Object({ taskId: Type.String(), fromAgent: AgentId, toAgent: AgentId }, closed)),
    total: Count,
    before: Type.Array(HeldTasks),
    after: Type.Array(HeldTasks),
    leader: Type.String(),
    rebalancedAt: Time,
  },
  closed,
);

export const SwarmPerformanceInput = Type.Object(
  {
    swarmId: SwarmId,
    timeRange: Type.Optional(
      Type.Enum(["1h", "6h", "24h", "7d", "30d"], { default: "24h", description: "whole minutes until now" }),
    ),
  },
  closed,
);
export const SwarmPerformanceOutput = Type.Object(
  {
    swarmId: SwarmId,
    timeRange: Type.Enum(["1h", "6h", "24h", "7d", "30d"]),
    from: Time,
    to: Time,
    /** Of the executions in the range, on paper, before the cost of the sandboxes; null where there is nothing to say it of. */
    trading: Type.Object(
      {
        executions: Count,
        decisions: Count,
        trades: Count,
        totalPnlMicroUsd: MicroUsd,
        averagePnlMicroUsd: OrNull(Type.Number()),
        bestPnlMicroUsd: OrNull(MicroUsd),
        worstPnlMicroUsd: OrNull(MicroUsd),
        /** Executions that traded and gained, of those that traded. */
        winRate: OrNull(Share),
        /** Deepest fall of the running sum of gains and losses. */
        maxDrawdownMicroUsd: OrNull(Type.Integer({ minimum: 0 })),
      },
      closed,
    ),
    work: Type.Object(
      {
        tasksDone: Count,
        tasksDead: Count,
        votes: Count,
        throughputPerSecond: Ms,
        successRate: OrNull(Share),
        /** Upper bounds, at most 9.1 % above the true ones. */
        p50LatencyMs: OrNull(Ms),
        p95LatencyMs: OrNull(Ms),
        latencyCount: Count,
      },
      closed,
    ),
    /** Modelled: the time of the agents that are there now, at list price. */
    cost: Type.Object(
      {
        provenance: Type.Enum(["modelled"]),
        priceList: Type.String(),
        sandboxSeconds: Ms,
        totalMicroUsd: MicroUsd,
        perHourMicroUsd: MicroUsd,
      },
      closed,
    ),
    /** Under the present leader. */
    agents: Type.Array(
      Type.Object(
        {
          agentId: AgentId,
          agentType: RoleSchema,
          completedTasks: Count,
          failedTasks: Count,
          errorRate: OrNull(Share),
          /** Of all tasks that these agents completed. */
          share: OrNull(Share),
          latencyMs: OrNull(Ms),
        },
        closed,
      ),
    ),
  },
  closed,
);
