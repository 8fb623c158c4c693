// All that people look at of one live swarm, in one piece: status, health, figures, edges, cost, the latest decisions.
import type { Decision } from "../../contracts/ballots.ts";
import { isRecord } from "../../contracts/json.ts";
import type { SwarmHealthOutput, SwarmStatusOutput } from "../../contracts/operations/live.ts";
import { check } from "../../contracts/parse.ts";
import { buildTopology, type Edge } from "../../swarm/topology/edges.ts";
import type { Parts } from "../parts.ts";
import { costOf, type SwarmCost } from "./cost.ts";
import { figuresOf, historyOf, type Figures, type History } from "./figures.ts";
import { healthOf } from "./health.ts";
import { findSwarm, glanceAt, type LiveSwarm } from "./live-swarm.ts";
import { statusOf } from "./status.ts";

export interface Board {
  readonly status: SwarmStatusOutput;
  readonly health: SwarmHealthOutput;
  /** Since the swarm began. */
  readonly figures: Figures;
  /** Minutes of the last hour in which something ended, the oldest first. */
  readonly minutes: readonly { readonly atMs: number; readonly ended: number; readonly averageMs: number }[];
  readonly edges: readonly Edge[];
  readonly cost: BoardCost;
  /** The latest first. */
  readonly decisions: readonly BoardDecision[];
  /** Faults since the present leader leads. */
  readonly faults: { readonly detected: number; readonly recovered: number; readonly escalated: number };
}

export interface BoardCost extends SwarmCost {
  /** A day's. */
  readonly budgetMicroUsd: number;
}

export interface BoardDecision {
  readonly taskId: string;
  readonly atMs: number;
  readonly decision: Decision;
}

const hourMs = 3_600_000;
const mostDecisions = 20;
const votesPrefix = "results/vote_";

/** Throws `swarm.not-found`, `memory.corrupt`. */
export async function boardOf(parts: Parts, swarmId: string): Promise<Board> {
  const swarm = await findSwarm(parts, swarmId);
  const [glance, history, decisions] = await Promise.all([
    glanceAt(parts, swarm),
    historyOf(swarm),
    decisionsOf(swarm),
  ]);
  const { detected = 0, recovered = 0, escalated = 0 } = glance.bulletin?.tally ?? {};
  const members = ["coordinator", ...glance.agents.map(({ agentId }) => agentId)];
  const { edges } = buildTopology(swarm.config.topology, members);
  return {
    status: statusOf(swarm, glance, history),
    health: healthOf(swarm, glance, history),
    figures: figuresOf(history, 0),
    minutes: minutesOf(history, glance.nowMs - hourMs),
    edges,
    cost: { ...costOf(glance), budgetMicroUsd: parts.settings.budgetMicroUsd },
    decisions,
    faults: { detected, recovered, escalated },
  };
}

function minutesOf({ minutes }: History, fromMs: number): Board["minutes"] {
  const byTime = new Map<number, { ended: number; sumMs: number }>();
  for (const { atMs, done, dead, votes, sumMs } of minutes) {
    // Two leaders may share a minute.
    const before = byTime.get(atMs) ?? { ended: 0, sumMs: 0 };
    if (atMs >= fromMs) byTime.set(atMs, { ended: before.ended + done + dead + votes, sumMs: before.sumMs + sumMs });
  }
  return [...byTime]
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, { ended, sumMs }]) => ({ atMs, ended, averageMs: ended === 0 ? 0 : sumMs / ended }));
}

async function decisionsOf({ store, swarmId }: LiveSwarm): Promise<readonly BoardDecision[]> {
  const entries = await store.list(swarmId, votesPrefix);
  const rows = entries.flatMap(({ key, value, writtenAtMs }): BoardDecision[] => {
    const decided = isRecord(value) && value.outcome === "decided" ? check("decision", value.decision) : null;
    return decided?.ok === true
      ? [{ taskId: key.slice("results/".length), atMs: writtenAtMs, decision: decided.value }]
      : [];
  });
  return rows.toSorted((a, b) => b.atMs - a.atMs || b.taskId.localeCompare(a.taskId)).slice(0, mostDecisions);
}
