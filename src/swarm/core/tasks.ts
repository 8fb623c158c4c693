// Events about tasks: offers, answers, refusals, returns, and what becomes true when a record is durable.
import { unreachable } from "../../contracts/invariant.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import { ownMs } from "../supervise/observer.ts";
import type { TaskCell } from "../tasks/task-cell.ts";
import { takeBack, unload } from "./dispatch.ts";
import { finishDraining } from "./agents.ts";
import type { Holding } from "./events.ts";
import { record, type Inner, type Pending } from "./inner.ts";

export function onOffered(core: Inner, taskId: string, capability: string | null): void {
  const { ledger, out } = core;
  const outcome = ledger.offer(taskId, capability);
  if (outcome === "full") return void out.push({ kind: "full", taskId, waiting: ledger.waiting.size() });
  const task = ledger.find(taskId);
  if (task === undefined) return;
  if (outcome === "queued") return record(core, { kind: "task", taskId, capability }, { kind: "accept", task });
  // The same offer again: its answer is whatever is durable by now.
  if (task.status === "done") out.push({ kind: "done", taskId, fence: task.fence, result: task.result ?? "" });
  else if (task.status === "dead") out.push({ kind: "dead", taskId, attempts: task.attempts });
  else if (task.accepted) out.push({ kind: "accepted", taskId });
}

export function onAnswered(core: Inner, agentId: string, { taskId, fence }: Holding, result: string): void {
  const { ledger, out } = core;
  const task = ledger.find(taskId);
  const holder = task?.agent ?? null;
  const isOwn = holder === null || holder.id === agentId;
  const outcome = task === undefined || !isOwn ? "fenced" : ledger.answer(task, fence, result);
  if (task === undefined || outcome === "fenced") return void out.push({ kind: "fenced", agentId, taskId, fence });
  if (outcome === "again") return;
  if (holder !== null) {
    unload(core, task, holder, "answered");
    finishDraining(core, holder);
  }
  record(core, { kind: "done", taskId, fence, result }, { kind: "complete", task });
}

/** The lease a frame speaks of, if it is the present one and the agent's own; else undefined and the agent is told. */
function present(
  core: Inner,
  agentId: string,
  { taskId, fence }: Holding,
): { task: TaskCell; agent: AgentCell } | undefined {
  const task = core.ledger.find(taskId);
  if (task?.status === "leased" && task.fence === fence && task.agent?.id === agentId) {
    return { task, agent: task.agent };
  }
  core.out.push({ kind: "fenced", agentId, taskId, fence });
  return undefined;
}

export function onRefused(core: Inner, agentId: string, held: Holding): void {
  const found = present(core, agentId, held);
  if (found === undefined) return;
  takeBack(core, found.task, found.agent, "failed");
  finishDraining(core, found.agent);
}

export function onReturned(core: Inner, agentId: string, held: Holding, unbegun: boolean): void {
  const found = present(core, agentId, held);
  if (found === undefined) return;
  if (!unbegun) return void (found.task.recalled = false);
  takeBack(core, found.task, found.agent, "moved");
  finishDraining(core, found.agent);
}

export function onProgressed(core: Inner, agentId: string, held: Holding): void {
  const found = present(core, agentId, held);
  if (found !== undefined) found.task.untilMs = ownMs(core.observer) + core.policy.leaseMs;
}

/** A lease's time has come. It goes on if there was progress meanwhile. */
export function onLeaseDue(core: Inner, task: TaskCell, fence: number): void {
  if (task.status !== "leased" || task.fence !== fence || task.agent === null) return;
  if (task.untilMs > ownMs(core.observer)) return core.due.push(task.untilMs, { kind: "lease", task, fence });
  const { agent } = task;
  core.out.push({ kind: "expired", agentId: agent.id, taskId: task.id, fence });
  takeBack(core, task, agent, "failed");
  finishDraining(core, agent);
}

export function onRecorded(core: Inner, upTo: number): void {
  const count = Math.min(core.pending.length, upTo - core.pendingFrom + 1);
  if (count <= 0) return;
  for (const pending of core.pending.splice(0, count)) settle(core, pending);
  core.pendingFrom += count;
}

function settle({ ledger, out }: Inner, pending: Pending): void {
  switch (pending.kind) {
    case "accept":
      pending.task.accepted = true;
      return void out.push({ kind: "accepted", taskId: pending.task.id });
    case "complete": {
      const { task } = pending;
      ledger.complete(task);
      return void out.push({ kind: "done", taskId: task.id, fence: task.fence, result: task.result ?? "" });
    }
    case "bury":
      return void out.push({ kind: "dead", taskId: pending.task.id, attempts: pending.task.attempts });
    case "decide":
      return void out.push({ kind: "decided", voteId: pending.voteId, decision: pending.decision });
    case "nothing":
      return;
    default:
      return unreachable(pending);
  }
}
