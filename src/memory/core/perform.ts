// The one place that turns a request into its step. The fence is checked first, in the same transaction.
import { unreachable } from "../../contracts/invariant.ts";
import { clearNamespace, compareAndSetEntry, deleteEntry, putEntry, sweep } from "./entries.ts";
import { acquireLease, checkFence, releaseLease, renewLease } from "./leases.ts";
import type { Reply, Request } from "./request.ts";
import { restoreRows } from "./restore.ts";
import type { Step } from "./step.ts";
import { acknowledgeTask, claimTasks, extendTask, pushTasks, releaseTask, reviveTasks, sweepTasks } from "./tasks.ts";

export function* perform(request: Request, nowMs: number): Step<Reply> {
  yield* checkFence(request.fence, nowMs);
  const { op } = request;
  switch (op) {
    case "put":
      return { op, value: yield* putEntry(request.draft, nowMs) };
    case "compareAndSet":
      return { op, value: yield* compareAndSetEntry(request.draft, request.version, nowMs) };
    case "delete":
      return { op, value: yield* deleteEntry(request, nowMs) };
    case "clear":
      return { op, value: yield* clearNamespace(request.namespace, request.writer, nowMs) };
    case "acquire":
      return { op, value: yield* acquireLease(request, request, nowMs) };
    case "renew":
      return { op, value: yield* renewLease(request, request, nowMs) };
    case "leave":
      return { op, value: yield* releaseLease(request, request.token, nowMs) };
    case "push":
      return { op, value: yield* pushTasks(request, request, nowMs) };
    case "claim":
      return { op, value: yield* claimTasks(request, request) };
    case "acknowledge":
      return { op, value: yield* acknowledgeTask(request, request.result, nowMs) };
    case "extend":
      return { op, value: yield* extendTask(request, request.leaseMs, nowMs) };
    case "giveBack":
      return { op, value: yield* releaseTask(request, request.back, nowMs) };
    case "revive":
      return { op, value: yield* reviveTasks(request, request.taskIds, nowMs) };
    case "restore":
      return { op, value: yield* restoreRows(request) };
    default:
      return unreachable(request);
  }
}

/** Clears a bounded part of what nobody can see any more. */
export function* sweepRecord(): Step<void> {
  yield* sweep();
  yield* sweepTasks();
}
