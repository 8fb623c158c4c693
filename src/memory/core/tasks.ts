// Steps over queues: push, claim, acknowledge, extend, release. Exactly once means: the result and the completion are one
// transaction under the token of the present claim.
import { invariant } from "../../contracts/invariant.ts";
import type { Claim, ClaimAnswer, Push, QueueCounts, TaskRecord, TaskState } from "../../contracts/record-queue.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Draft, Kept } from "./draft.ts";
import { putEntry } from "./entries.ts";
import { doneTaskMs, maxSwept, maxTasksAtOnce } from "./limits.ts";
import { integer, integerOrNull, text, textOrNull, verified, type Row } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";

export type QueueAt = { readonly namespace: string; readonly queue: string };
export type TaskDraft = Kept & { readonly taskId: string };
export type PushAsk = { readonly tasks: readonly TaskDraft[]; readonly limit: number; readonly maxAttempts: number };
export type ClaimAt = QueueAt & { readonly taskId: string; readonly token: number };

export function* pushTasks(at: QueueAt, { tasks, limit, maxAttempts }: PushAsk, nowMs: number): Step<Push> {
  const { namespace, queue } = at;
  const fresh: TaskDraft[] = [];
  for (const task of tasks) if (!(yield* isKnown(at, task))) fresh.push(task);
  yield* rowsOf("openNamespace", namespace);
  const row = yield* rowOf("openQueue", namespace, queue);
  invariant(row !== null, "a queue row was returned");
  let open = integer(row, "open_tasks");
  if (open + fresh.length > limit) open -= (yield* rowsOf("buryTasks", namespace, queue)).length;
  let position = integer(row, "position");
  const isFull = open + fresh.length > limit;
  if (!isFull) {
    for (const { taskId, text: payload, sha256 } of fresh) {
      position += 1;
      yield* rowsOf("insertTask", namespace, queue, taskId, position, payload, sha256, maxAttempts, nowMs);
    }
  }
  yield* rowsOf("setQueue", namespace, queue, isFull ? open : open + fresh.length, position);
  if (isFull) return { outcome: "full", open, limit };
  return { outcome: "pushed", added: fresh.length, known: tasks.length - fresh.length };
}

function* isKnown({ namespace, queue }: QueueAt, { taskId, sha256 }: TaskDraft): Step<boolean> {
  const row = yield* rowOf("findTask", namespace, queue, taskId);
  if (row === null) return false;
  if (text(row, "payload_sha256") === sha256) return true;
  throw new SwarmError("memory.conflict", `Cannot push ${queue}/${taskId}: it was pushed with another payload`, {
    hint: "Give another task another id",
    details: { namespace, queue, taskId },
  });
}

export type ClaimAsk = { readonly worker: string; readonly leaseMs: number; readonly max: number };

export function* claimTasks({ namespace, queue }: QueueAt, ask: ClaimAsk): Step<readonly Claim[]> {
  const rows = yield* rowsOf("claimTasks", namespace, queue, ask.worker, ask.leaseMs, ask.max);
  const inOrder = [...rows].sort((a, b) => integer(a, "position") - integer(b, "position"));
  return inOrder.map((row) => ({
    taskId: text(row, "task_id"),
    payload: payloadOf(row, `${namespace}/${queue}`),
    token: integer(row, "token"),
    attempt: integer(row, "attempts"),
    deadlineMs: integer(row, "available_at_ms"),
  }));
}

export type Finish = Kept & { readonly entry: Draft | null };

export function* acknowledgeTask(claim: ClaimAt, result: Finish, nowMs: number): Step<ClaimAnswer> {
  const { namespace, queue, taskId, token } = claim;
  const row = yield* rowOf("lockTask", namespace, queue, taskId);
  if (row !== null && text(row, "state") === "done") {
    const isSame = integer(row, "token") === token && textOrNull(row, "result_sha256") === result.sha256;
    return { outcome: isSame ? "done" : "fenced" };
  }
  if (!isHolder(row, token, nowMs)) return { outcome: "fenced" };
  yield* rowsOf("finishTask", namespace, queue, taskId, result.text, result.sha256);
  yield* rowsOf("addOpen", namespace, queue, -1);
  if (result.entry !== null) yield* putEntry(result.entry, nowMs);
  return { outcome: "done" };
}

export function* extendTask(
  { namespace, queue, taskId, token }: ClaimAt,
  leaseMs: number,
  nowMs: number,
): Step<ClaimAnswer> {
  if (!isHolder(yield* rowOf("lockTask", namespace, queue, taskId), token, nowMs)) return { outcome: "fenced" };
  yield* rowsOf("extendTask", namespace, queue, taskId, leaseMs);
  return { outcome: "done" };
}

export type GiveBack = { readonly delayMs: number; readonly reason: string | null };

export function* releaseTask(
  { namespace, queue, taskId, token }: ClaimAt,
  back: GiveBack,
  nowMs: number,
): Step<ClaimAnswer> {
  const row = yield* rowOf("lockTask", namespace, queue, taskId);
  if (row === null || !isHolder(row, token, nowMs)) return { outcome: "fenced" };
  const isOver = integer(row, "attempts") >= integer(row, "max_attempts");
  yield* rowsOf("releaseTask", namespace, queue, taskId, isOver ? "dead" : "open", back.delayMs, back.reason);
  if (isOver) yield* rowsOf("addOpen", namespace, queue, -1);
  return { outcome: "done" };
}

/** A claim holds until the task is given to somebody else or, after its last attempt, until its deadline. */
function isHolder(row: Row | null, token: number, nowMs: number): boolean {
  if (row === null || integer(row, "claimed") !== 1 || integer(row, "token") !== token) return false;
  return integer(row, "attempts") < integer(row, "max_attempts") || integer(row, "available_at_ms") > nowMs;
}

export function* reviveTasks({ namespace, queue }: QueueAt, taskIds: readonly string[], nowMs: number): Step<number> {
  let revived = 0;
  for (const taskId of taskIds) {
    const row = yield* rowOf("lockTask", namespace, queue, taskId);
    if (row === null || stateOf(row, nowMs) !== "dead") continue;
    yield* rowsOf("reviveTask", namespace, queue, taskId);
    if (text(row, "state") === "dead") yield* rowsOf("addOpen", namespace, queue, 1);
    revived += 1;
  }
  return revived;
}

export function* readTask({ namespace, queue }: QueueAt, taskId: string): Step<TaskRecord | null> {
  const row = yield* rowOf("findTask", namespace, queue, taskId);
  return row === null ? null : taskOf(row, `${namespace}/${queue}`);
}

export function* deadTasks({ namespace, queue }: QueueAt, after: string): Step<readonly TaskRecord[]> {
  const rows = yield* rowsOf("deadTasks", namespace, queue, after, maxTasksAtOnce);
  return rows.map((row) => taskOf(row, `${namespace}/${queue}`));
}

export function* countTasks({ namespace, queue }: QueueAt): Step<QueueCounts> {
  const row = yield* rowOf("countTasks", namespace, queue);
  invariant(row !== null, "an aggregate has a row");
  const [ready, claimed] = [integer(row, "ready"), integer(row, "claimed")];
  return { ready, claimed, done: integer(row, "done"), dead: integer(row, "dead") };
}

export function* sweepTasks(): Step<void> {
  for (const row of yield* rowsOf("forgottenTasks", doneTaskMs, maxSwept)) {
    yield* rowsOf("deleteTask", text(row, "namespace"), text(row, "queue"), text(row, "task_id"));
  }
}

function stateOf(row: Row, nowMs: number): TaskState {
  const state = text(row, "state");
  if (state === "done" || state === "dead") return state;
  if (integer(row, "claimed") === 1 && integer(row, "available_at_ms") > nowMs) return "claimed";
  return integer(row, "attempts") >= integer(row, "max_attempts") ? "dead" : "ready";
}

function payloadOf(row: Row, where: string): TaskRecord["payload"] {
  const taskId = text(row, "task_id");
  const place = { what: `the payload of task ${where}/${taskId}`, details: { taskId } };
  return verified(text(row, "payload"), text(row, "payload_sha256"), place);
}

function taskOf(row: Row, where: string): TaskRecord {
  const taskId = text(row, "task_id");
  const result = textOrNull(row, "result");
  const place = { what: `the result of task ${where}/${taskId}`, details: { taskId } };
  return {
    taskId,
    state: stateOf(row, integer(row, "now_ms")),
    payload: payloadOf(row, where),
    attempts: integer(row, "attempts"),
    token: integer(row, "token"),
    worker: textOrNull(row, "worker"),
    result: result === null ? null : verified(result, text(row, "result_sha256"), place),
    reason: textOrNull(row, "reason"),
    pushedAtMs: integer(row, "pushed_at_ms"),
    doneAtMs: integerOrNull(row, "done_at_ms"),
  };
}
