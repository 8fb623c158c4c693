// Figures of the swarms and of this server in Prometheus' text format 0.0.4.
import type { Board } from "../../backend/live/board.ts";
import { agentStates } from "../../contracts/live-swarm.ts";

export interface ServerFigures {
  /** Answers given, by route and status. */
  readonly requests: ReadonlyMap<string, { readonly route: string; readonly status: number; count: number }>;
  readonly viewers: number;
}

type Labels = Readonly<Record<string, string>>;
interface Sample {
  /** Added to the family's name: `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}
interface Family {
  readonly name: string;
  readonly type: "gauge" | "counter" | "summary";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const metricsType = "text/plain; version=0.0.4; charset=utf-8";
const swarmStates = ["active", "degraded", "stopped"] as const;

export function metricsText(boards: readonly Board[], server: ServerFigures): string {
  return [
    ...swarmFamilies(boards),
    ...taskFamilies(boards),
    ...leaderFamilies(boards),
    ...costFamilies(boards),
    ...serverFamilies(server),
  ]
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join("");
}

function swarmFamilies(boards: readonly Board[]): Family[] {
  return [
    {
      name: "e2b_swarm_swarms",
      type: "gauge",
      help: "Swarms the record knows, by status",
      samples: swarmStates.map((state) => ({
        labels: { status: state },
        value: boards.filter(({ status }) => status.status === state).length,
      })),
    },
    {
      name: "e2b_swarm_agents",
      type: "gauge",
      help: "Agents of a swarm, by status",
      samples: boards.flatMap(({ status: { swarmId, agents = [] } }) =>
        agentStates.map((state) => ({
          labels: { swarm: swarmId, status: state },
          value: agents.filter(({ status }) => status === state).length,
        })),
      ),
    },
  ];
}

function taskFamilies(boards: readonly Board[]): Family[] {
  const each = (of: (board: Board) => number): Sample[] =>
    boards.map((board) => ({ labels: { swarm: board.status.swarmId }, value: of(board) }));
  return [
    gauge(
      "agents_wanted",
      "Agents a swarm shall have",
      each(({ status }) => status.wantedAgents),
    ),
    gauge(
      "tasks_open",
      "Tasks taken in and not done",
      each(({ status }) => status.openTasks),
    ),
    counter(
      "tasks_done_total",
      "Tasks done, votes not among them",
      each(({ figures }) => figures.done),
    ),
    counter(
      "tasks_dead_total",
      "Tasks given up",
      each(({ figures }) => figures.dead),
    ),
    counter(
      "votes_total",
      "Votes ended",
      each(({ figures }) => figures.votes),
    ),
    counter(
      "leases_expired_total",
      "Leases of tasks that ran out",
      each(({ figures }) => figures.expired),
    ),
    {
      name: "e2b_swarm_task_latency_seconds",
      type: "summary",
      help: "From taken in to durable result; quantiles are upper bounds, at most 9.1 % above the true ones",
      samples: boards.flatMap(latencySamples),
    },
  ];
}

function latencySamples({ status, figures: { latency } }: Board): Sample[] {
  if (latency === null) return [];
  const swarm = { swarm: status.swarmId };
  const quantiles = [
    ["0.5", latency.p50],
    ["0.95", latency.p95],
    ["0.99", latency.p99],
  ] as const;
  return [
    ...quantiles.map(([quantile, ms]) => ({ labels: { ...swarm, quantile }, value: ms / 1_000 })),
    { suffix: "_sum", labels: swarm, value: (latency.average * latency.count) / 1_000 },
    { suffix: "_count", labels: swarm, value: latency.count },
  ];
}

function leaderFamilies(boards: readonly Board[]): Family[] {
  const led = boards.filter(({ status }) => status.leader !== null);
  const each = (of: (board: Board) => number): Sample[] =>
    led.map((board) => ({ labels: { swarm: board.status.swarmId }, value: of(board) }));
  return [
    gauge(
      "leader_present",
      "1 when somebody leads",
      boards.map(({ status: { swarmId, leader } }) => ({ labels: { swarm: swarmId }, value: leader === null ? 0 : 1 })),
    ),
    gauge(
      "leader_age_seconds",
      "Since the leader's last word",
      each(({ health }) => (health.metrics.leaderSilentMs ?? 0) / 1_000),
    ),
    counter(
      "faults_detected_total",
      "Faults of agents found, since this leader leads",
      each(({ faults }) => faults.detected),
    ),
    counter(
      "faults_recovered_total",
      "Faults of agents mended, since this leader leads",
      each(({ faults }) => faults.recovered),
    ),
    counter(
      "faults_escalated_total",
      "Agents given up, since this leader leads",
      each(({ faults }) => faults.escalated),
    ),
  ];
}

function costFamilies(boards: readonly Board[]): Family[] {
  const each = (of: (board: Board) => number): Sample[] =>
    boards.map((board) => ({ labels: { swarm: board.status.swarmId }, value: of(board) / 1e6 }));
  return [
    gauge(
      "cost_usd",
      "Modelled: time of the agents that are there at list price",
      each(({ cost }) => cost.totalMicroUsd),
    ),
    gauge(
      "cost_usd_per_hour",
      "Modelled: the agents that are there at list price",
      each(({ cost }) => cost.perHourMicroUsd),
    ),
    gauge(
      "budget_usd_per_day",
      "COST_BUDGET_DAILY",
      boards.slice(0, 1).map(({ cost }) => ({ labels: {}, value: cost.budgetMicroUsd / 1e6 })),
    ),
  ];
}

function serverFamilies({ requests, viewers }: ServerFigures): Family[] {
  return [
    gauge("viewers", "Open streams of events", [{ labels: {}, value: viewers }]),
    counter(
      "http_requests_total",
      "Answers of this server, by route and status",
      [...requests.values()].map(({ route, status, count }) => ({
        labels: { route, status: String(status) },
        value: count,
      })),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `e2b_swarm_${name}`, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `e2b_swarm_${name}`, type: "counter", help, samples };
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ suffix = "", labels, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
