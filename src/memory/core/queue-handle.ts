// The queue of one name, as callers hold it.
import { invariant } from "../../contracts/invariant.ts";
import type { ClaimAnswer, NewTask, Queue, QueueOptions } from "../../contracts/record-queue.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { canonicalText, checkCount, checkName, checkWriter, draft } from "./draft.ts";
import type { Engine } from "./engine.ts";
import * as limits from "./limits.ts";
import { fenceOf } from "./leases.ts";
import type { Reply } from "./request.ts";
import { countTasks, deadTasks, readTask, type QueueAt, type TaskDraft } from "./tasks.ts";

export function openQueue(engine: Engine, at: QueueAt, options: QueueOptions): Queue {
  const { namespace, queue } = at;
  checkName("namespace", namespace);
  checkName("queue", queue);
  const limit = checkCount("limit", options.limit ?? limits.defaultQueueLimit, 1, limits.maxQueueLimit);
  const attempts = options.maxAttempts ?? limits.defaultMaxAttempts;
  const maxAttempts = checkCount("maxAttempts", attempts, 1, limits.maxTaskAttempts);
  return {
    async push(tasks, by) {
      checkWriter(by);
      const drafts = draftsOf(queue, tasks);
      const fence = fenceOf(namespace, by);
      const reply = await engine.write({ op: "push", ...at, tasks: drafts, limit, maxAttempts, fence });
      invariant(reply.op === "push", "a push is answered as one");
      return reply.value;
    },
    async claim(request) {
      checkWriter(request);
      const { writer: worker, max = 1 } = request;
      const leaseMs = checkLease(request.leaseMs);
      checkCount("max", max, 1, limits.maxTasksAtOnce);
      const reply = await engine.write({
        op: "claim",
        ...at,
        worker,
        leaseMs,
        max,
        fence: fenceOf(namespace, request),
      });
      invariant(reply.op === "claim", "a claim is answered as one");
      return reply.value;
    },
    async revive(taskIds, by) {
      checkWriter(by);
      checkCount("the number of tasks", taskIds.length, 0, limits.maxTasksAtOnce);
      const reply = await engine.write({ op: "revive", ...at, taskIds, fence: fenceOf(namespace, by) });
      invariant(reply.op === "revive", "a revival is answered as one");
      return reply.value;
    },
    read: (taskId) => engine.read(readTask(at, taskId)),
    dead: (afterTaskId = "") => engine.read(deadTasks(at, afterTaskId)),
    counts: () => engine.read(countTasks(at)),
    ...openClaims(engine, at),
  };
}

/** What is said about a claim. */
function openClaims(engine: Engine, at: QueueAt): Pick<Queue, "acknowledge" | "extend" | "release"> {
  const { namespace, queue } = at;
  return {
    async acknowledge({ taskId, token }, result, by) {
      checkWriter(by);
      const { entry, writer } = by;
      const kept = canonicalText(`the result of ${queue}/${taskId}`, result);
      const wanted = entry === undefined ? null : draft(namespace, entry.key, result, { ...entry, writer });
      const fence = fenceOf(namespace, by);
      const finish = { ...kept, entry: wanted };
      return answerOf(await engine.write({ op: "acknowledge", ...at, taskId, token, result: finish, fence }));
    },
    async extend({ taskId, token }, leaseMs, by) {
      checkWriter(by);
      const fence = fenceOf(namespace, by);
      return answerOf(await engine.write({ op: "extend", ...at, taskId, token, leaseMs: checkLease(leaseMs), fence }));
    },
    async release({ taskId, token }, by) {
      checkWriter(by);
      const { reason = null, delayMs = 0 } = by;
      checkCount("delayMs", delayMs, 0, limits.maxLeaseMs);
      if (reason !== null) checkName("reason", reason);
      const fence = fenceOf(namespace, by);
      return answerOf(await engine.write({ op: "giveBack", ...at, taskId, token, back: { reason, delayMs }, fence }));
    },
  };
}

function checkLease(leaseMs: number): number {
  return checkCount("leaseMs", leaseMs, limits.minLeaseMs, limits.maxLeaseMs);
}

function draftsOf(queue: string, tasks: readonly NewTask[]): readonly TaskDraft[] {
  checkCount("the number of tasks", tasks.length, 1, limits.maxTasksAtOnce);
  const drafts = tasks.map(({ taskId, payload }): TaskDraft => {
    checkName("taskId", taskId);
    return { taskId, ...canonicalText(`${queue}/${taskId}`, payload) };
  });
  const bytes = drafts.reduce((sum, task) => sum + task.bytes, 0);
  if (bytes > limits.maxPushBytes) {
    throw new SwarmError("memory.too-large", `Cannot push ${tasks.length} tasks of ${bytes} bytes at once`, {
      hint: `Push at most ${limits.maxPushBytes} bytes at a time`,
      details: { bytes, limit: limits.maxPushBytes },
    });
  }
  if (new Set(drafts.map(({ taskId }) => taskId)).size === drafts.length) return drafts;
  throw new SwarmError("usage.invalid", `Cannot push to ${queue}: a task id occurs twice`, {
    hint: "Give each task its own id",
  });
}

function answerOf(reply: Reply): ClaimAnswer {
  const isAnswer = reply.op === "acknowledge" || reply.op === "extend" || reply.op === "giveBack";
  invariant(isAnswer, "a claim is answered as one");
  return reply.value;
}
