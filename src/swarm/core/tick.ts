// What is done because time went by: leases and joins that are due, silence, rebalancing, scaling, filling up.
import { unreachable } from "../../contracts/invariant.ts";
import { ownMs } from "../supervise/observer.ts";
import { tasksToMove } from "../tasks/rebalance.ts";
import { fail, onJoinDue } from "./agents.ts";
import type { Due, Inner } from "./inner.ts";
import { size } from "./size.ts";
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
  size(core, nowMs);
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
