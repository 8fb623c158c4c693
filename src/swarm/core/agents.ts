// Events about agents: they join, fall silent, exit, are caught lying; what they held goes back; the ladder decides what
// follows. Every state has a way back: an agent that joins is ready again.
import { climb } from "../supervise/ladder.ts";
import { ownMs } from "../supervise/observer.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import { lease, takeBack } from "./dispatch.ts";
import type { SwarmEffect } from "./effects.ts";
import type { Holding } from "./events.ts";
import { record, type Inner } from "./inner.ts";
import { isServing, population } from "./population.ts";
import { askLate, loseVotes } from "./votes.ts";

/** Starts an agent that did not exist before, under an id of this epoch. */
export function startAgent(core: Inner): void {
  core.born += 1;
  const agent = core.roster.add(`agent-${core.epoch}-${core.born}`, []);
  core.out.push({ kind: "start", agentId: agent.id });
  awaitJoin(core, agent, core.policy.joinWithinMs);
}

/** An agent the record knows: it is asked to say what it holds. */
export function adoptAgent(core: Inner, agentId: string, capabilities: readonly string[]): void {
  const agent = core.roster.find(agentId) ?? core.roster.add(agentId, capabilities);
  agent.recorded = true;
  core.out.push({ kind: "adopt", agentId });
  awaitJoin(core, agent, core.policy.adoptWithinMs);
}

function awaitJoin(core: Inner, agent: AgentCell, withinMs: number): void {
  agent.joinWait += 1;
  const atMs = ownMs(core.observer) + withinMs;
  core.due.push(atMs, { kind: "join", agent, wait: agent.joinWait });
}

/** Ordered and not carried out: the next rung follows at once instead of after a wait in vain. */
export function onNotStarted(core: Inner, agentId: string, sandboxGone: boolean): void {
  const agent = core.roster.find(agentId);
  if (agent !== undefined && (agent.status === "initializing" || agent.status === "error")) {
    notJoined(core, agent, sandboxGone);
  }
}

export function onJoinDue(core: Inner, agent: AgentCell, wait: number): void {
  if (agent.joinWait !== wait || (agent.status !== "initializing" && agent.status !== "error")) return;
  notJoined(core, agent, false);
}

function notJoined(core: Inner, agent: AgentCell, sandboxGone: boolean): void {
  agent.downSinceMs ??= ownMs(core.observer);
  core.out.push({ kind: "detected", agentId: agent.id, by: "no-join", silentMs: 0 });
  loseVotes(core, agent.id);
  follow(core, agent, sandboxGone);
}

export function onJoined(
  core: Inner,
  agentId: string,
  capabilities: readonly string[],
  holding: readonly Holding[],
): void {
  const { roster, out } = core;
  const known = roster.find(agentId);
  const isSurplus = known === undefined || known.status === "offline";
  if (isSurplus && population(core) >= core.bounds.max) return void out.push({ kind: "stop", agentId });
  const agent = known ?? roster.add(agentId, capabilities);
  const nowMs = ownMs(core.observer);
  if (agent.status === "ready" || agent.status === "draining") forgetWork(core, agent, holding);
  roster.setCapabilities(agent, capabilities);
  roster.setStatus(agent, "ready");
  core.heartbeats.watch(agent, nowMs);
  if (agent.downSinceMs !== null) {
    out.push({ kind: "recovered", agentId, downMs: nowMs - agent.downSinceMs });
    agent.downSinceMs = null;
  }
  if (!agent.recorded) record(core, { kind: "agent", agentId, capabilities }, { kind: "nothing" });
  agent.recorded = true;
  for (const held of holding) resume(core, agent, held);
  askLate(core, agent);
}

/** An agent that joins anew has lost what it does not name. */
function forgetWork(core: Inner, agent: AgentCell, holding: readonly Holding[]): void {
  const named = new Set(holding.map(({ fence }) => fence));
  for (const task of agent.open.slice()) if (!named.has(task.fence)) takeBack(core, task, agent, "failed");
}

/** What the agent holds under an old lease it may finish under a new one, if nobody else has it. */
function resume(core: Inner, agent: AgentCell, { taskId, fence }: Holding): void {
  const task = core.ledger.find(taskId);
  if (task?.status === "leased" && task.fence === fence && task.agent === agent) return;
  const isFree = task?.status === "queued" && agent.open.length < core.policy.slotsPerAgent;
  if (task !== undefined && isFree && core.ledger.waiting.remove(task)) lease(core, task, agent, true);
  else core.out.push({ kind: "fenced", agentId: agent.id, taskId, fence });
}

export function onExited(core: Inner, agentId: string, sandboxGone: boolean): void {
  const agent = core.roster.find(agentId);
  if (agent !== undefined && isServing(agent)) fail(core, agent, { by: "exit", silentMs: 0, sandboxGone });
}

/** A liar with a proof against it: its sandbox, its key and its program go. */
export function evict(core: Inner, agentId: string): void {
  const agent = core.roster.find(agentId);
  if (agent !== undefined && isServing(agent)) {
    fail(core, agent, { by: "equivocation", silentMs: 0, sandboxGone: true });
  }
}

interface Failure {
  readonly by: Extract<SwarmEffect, { kind: "detected" }>["by"];
  readonly silentMs: number;
  /** A restart in the same sandbox is pointless. */
  readonly sandboxGone: boolean;
}

/** The agent cannot be relied on: what it held goes back and the ladder is climbed. */
export function fail(core: Inner, agent: AgentCell, { by, silentMs, sandboxGone }: Failure): void {
  const wasDraining = agent.status === "draining";
  agent.downSinceMs = ownMs(core.observer);
  core.heartbeats.forget(agent);
  // Out of the indexes first, so that nothing is given to it while its tasks go back.
  core.roster.setStatus(agent, "error");
  for (const task of [...agent.open].reverse()) takeBack(core, task, agent, "failed");
  core.out.push({ kind: "detected", agentId: agent.id, by, silentMs });
  loseVotes(core, agent.id);
  if (wasDraining) retire(core, agent);
  else follow(core, agent, sandboxGone);
}

function follow(core: Inner, agent: AgentCell, sandboxGone: boolean): void {
  const { policy, random, out } = core;
  const nowMs = ownMs(core.observer);
  const step = climb(agent.history, { nowMs, policy: policy.ladder, random, sandboxGone });
  agent.history = step.history;
  if (step.rung === "escalate") {
    out.push({ kind: "escalated", agentId: agent.id });
    return retire(core, agent);
  }
  if (agent.status !== "error") core.roster.setStatus(agent, "error");
  out.push({ kind: step.rung, agentId: agent.id, waitMs: step.waitMs });
  awaitJoin(core, agent, step.waitMs + policy.joinWithinMs);
}

/** The end of an agent's service. */
export function retire(core: Inner, agent: AgentCell): void {
  core.heartbeats.forget(agent);
  core.roster.setStatus(agent, "offline");
  agent.downSinceMs = null;
  agent.recorded = false;
  core.out.push({ kind: "stop", agentId: agent.id });
  record(core, { kind: "agent-gone", agentId: agent.id }, { kind: "nothing" });
}

/** A draining agent that holds nothing any more stops. */
export function finishDraining(core: Inner, agent: AgentCell): void {
  if (agent.status === "draining" && agent.open.length === 0) retire(core, agent);
}
