// Who gets a task: the five strategies of the swarm as pure functions of the task and the agents that can take work.
// Load falls when a task ends, error rate and latency are measured per agent; nothing here remembers anything.
import type { Distribution } from "../../contracts/names.ts";

/** What a strategy may know of an agent. */
export interface AgentView {
  readonly id: string;
  readonly capabilities: readonly string[];
  /** Open tasks over places, 0 to 1. */
  readonly load: number;
  /** Failed tasks over all it ended, 0 to 1. */
  readonly errorRate: number;
  /** Moving mean of the time from lease to answer, ms. */
  readonly latencyMs: number;
  /** Tasks it completed. */
  readonly completed: number;
}

/** The agents that can take work now. */
export interface Crowd<Agent extends AgentView> {
  readonly size: () => number;
  /** By order of joining, from 0. */
  readonly nth: (rank: number) => Agent | undefined;
  /** The least loaded; null asks for any capability. */
  readonly first: (capability: string | null) => Agent | undefined;
  /** The least loaded first; null asks for any capability. */
  readonly least: (capability: string | null, count: number) => readonly Agent[];
}

export interface Wanted {
  readonly capability: string | null;
  /** Tasks given out so far: what round robin counts. */
  readonly counter: number;
  /** Tasks completed by all agents so far: what a share is a share of. */
  readonly completed: number;
}

/** Adaptive scores at most this many of the least loaded, of each kind: with fewer agents it scores them all. */
export const adaptiveCandidates = 16;
/** Above about 31 voters a committee is elected (reference: verify cost). */
export const maxPanel = 31;
const minPanel = 3;

/** The agent for one task; undefined when nobody who may do it can take work. */
export function chooseAgent<Agent extends AgentView>(
  strategy: Exclude<Distribution, "consensus">,
  crowd: Crowd<Agent>,
  wanted: Wanted,
): Agent | undefined {
  switch (strategy) {
    case "round-robin":
      return crowd.size() === 0 ? undefined : crowd.nth(wanted.counter % crowd.size());
    case "least-loaded":
      return crowd.first(null);
    case "specialised":
      return crowd.first(wanted.capability);
    case "adaptive":
      return mostSuited(crowd, wanted);
  }
}

/** Consensus: max(ceil(0.66 x agents), 3) vote on one task, at most 31; fewer than 3 agents are no panel, which is 0. */
export function panelSize(agents: number): number {
  return agents < minPanel ? 0 : Math.min(maxPanel, Math.max(Math.ceil((66 * agents) / 100), minPanel));
}

/**
 * 100 - 50 load - 30 error rate + max(0, 20 - latency/100 ms) + 20 for the capability + 10 x own share of completed tasks,
 * at least 0.
 */
export function adaptiveScore(agent: AgentView, { capability, completed }: Wanted): number {
  const speed = Math.max(0, 20 - agent.latencyMs / 100);
  const skill = capability !== null && agent.capabilities.includes(capability) ? 20 : 0;
  const share = completed === 0 ? 0 : (10 * agent.completed) / completed;
  return Math.max(0, 100 - 50 * agent.load - 30 * agent.errorRate + speed + skill + share);
}

/** The highest score; of equal ones the first in order of load. */
function mostSuited<Agent extends AgentView>(crowd: Crowd<Agent>, wanted: Wanted): Agent | undefined {
  let best: Agent | undefined;
  let bestScore = -1;
  const consider = (agent: Agent): void => {
    const score = adaptiveScore(agent, wanted);
    if (score <= bestScore) return;
    best = agent;
    bestScore = score;
  };
  crowd.least(null, adaptiveCandidates).forEach(consider);
  if (wanted.capability !== null) crowd.least(wanted.capability, adaptiveCandidates).forEach(consider);
  return best;
}
