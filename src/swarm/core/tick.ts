// What is done because time went by: leases and joins that are due, silence, rebalancing, scaling, filling up.
import { unreachable } from "../../contracts/invariant.ts";
import { decideScale } from "../scale/decide-scale.ts";
import { ownMs } from "../supervise/observer.ts";
import { tasksToMove } from "../tasks/rebalance.ts";
import { fail, finishDraining, onJoinDue, population, startAgent } from "./agents.ts";
import type { Due, Inner } from "./inner.ts";
import { onLeaseDue } from "./tasks.ts";
import { decideVote } from "./votes.ts";

export function onTick(core: Inner): void {
  const nowMs = ownMs(core.observer);
  while (core.due.nextMs() <= nowMs) {
    const due = core.due.pop();
    if (due !== undefined) onDue(core, due);
  }
  for (const agent of core.heartbeats.silent(nowMs, core.policy.silentAfterMs)) {
    fail(core, agent, { by: "silence", silentMs: nowMs - agent.heardMs, sandboxGone: false });
  }
  rebalance(core, nowMs);
  scale(core, nowMs);
  fillUp(core);
}

function onDue(core: Inner, due: Due): void {
  switch (due.kind) {
    case "lease":
      return onLeaseDue(core, due.task, due.fence);
    case "join":
      return onJoinDue(core, due.agent, due.wait);
    case "vote":
      return decideVote(core, due.panel);
    default:
      return unreachable(due);
  }
}

function rebalance(core: Inner, nowMs: number): void {
  const { policy, roster, out } = core;
  if (nowMs - core.rebalancedMs < policy.rebalance.everyMs) return;
  core.rebalancedMs = nowMs;
  for (const task of tasksToMove(roster, policy.slotsPerAgent, policy.rebalance)) {
    if (task.agent === null) continue;
    task.recalled = true;
    out.push({ kind: "recall", agentId: task.agent.id, taskId: task.id, fence: task.fence });
  }
}

function scale(core: Inner, nowMs: number): void {
  const { policy, roster, ledger, wanted } = core;
  const ready = roster.countOf("ready");
  if (ready === 0 || policy.scale.min === policy.scale.max) return;
  // What waits counts as load: a full queue before idle agents is no idleness.
  const open = ledger.countOf("leased") + ledger.countOf("queued");
  const utilisation = open / (ready * policy.slotsPerAgent);
  const to = decideScale(policy.scale, { wanted, utilisation, nowMs, changedMs: core.scaledMs });
  if (to === wanted) return;
  core.wanted = to;
  core.scaledMs = nowMs;
  core.out.push({ kind: "scaled", from: wanted, to });
  // Those about to arrive count too. The least loaded goes first: it leaves the order when it drains.
  for (let surplus = Math.min(population(core) - to, ready - 1); surplus > 0; surplus -= 1) {
    const agent = roster.first(null);
    if (agent === undefined) return;
    roster.setStatus(agent, "draining");
    finishDraining(core, agent);
  }
}

/** Starts what is missing: after a scale-up, an escalation, or at the very beginning. */
function fillUp(core: Inner): void {
  for (let missing = core.wanted - population(core); missing > 0; missing -= 1) startAgent(core);
}
