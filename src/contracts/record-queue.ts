// A durable queue of tasks. Delivery is at least once, completion exactly once: the result and the completion commit in one
// transaction keyed by task id, and only under the token of the present claim.
import type { Json } from "./json.ts";
import type { WriteOptions } from "./record-write.ts";

export interface QueueOptions {
  /** Most tasks that are neither done nor dead; one more is answered "full". Default 10,000. */
  readonly limit?: number;
  /** Claims of one task before it goes to the dead letters. Default 5. */
  readonly maxAttempts?: number;
}

export interface NewTask {
  readonly taskId: string;
  readonly payload: Json;
}

export type Push =
  /** `known` were pushed before with the same payload and are not pushed again. */
  | { readonly outcome: "pushed"; readonly added: number; readonly known: number }
  /** Nothing was pushed. */
  | { readonly outcome: "full"; readonly open: number; readonly limit: number };

export interface ClaimRequest extends WriteOptions {
  /** Time until the task is given to somebody else, unless extended. */
  readonly leaseMs: number;
  /** Default 1. */
  readonly max?: number;
}

export interface Claim {
  readonly taskId: string;
  readonly payload: Json;
  /** Grows with every claim of this task. */
  readonly token: number;
  /** 1 for the first claim. */
  readonly attempt: number;
  readonly deadlineMs: number;
}

/** Which claim speaks. */
export interface ClaimRef {
  readonly taskId: string;
  readonly token: number;
}

export interface AcknowledgeOptions extends WriteOptions {
  /** Also writes the result as an entry of the record, in the same transaction. */
  readonly entry?: { readonly key: string; readonly ttlSeconds?: number | null };
}

/** `fenced`: the task was given to somebody else, is done under another token, is dead or is unknown. */
export type ClaimAnswer = { readonly outcome: "done" } | { readonly outcome: "fenced" };

export type TaskState = "ready" | "claimed" | "done" | "dead";

export interface TaskRecord {
  readonly taskId: string;
  readonly state: TaskState;
  readonly payload: Json;
  readonly attempts: number;
  readonly token: number;
  /** Who claimed it last; null before the first claim. */
  readonly worker: string | null;
  /** Present once done. */
  readonly result: Json | null;
  /** Why it was given back last. */
  readonly reason: string | null;
  readonly pushedAtMs: number;
  readonly doneAtMs: number | null;
}

export type QueueCounts = Readonly<Record<TaskState, number>>;

export interface Queue {
  /** All or nothing. A known id with another payload is `memory.conflict`. */
  push(tasks: readonly NewTask[], options: WriteOptions): Promise<Push>;
  /** Oldest first; empty when nothing is ready. */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Commits result and completion together. Saying it again under the same token is answered the same. */
  acknowledge(claim: ClaimRef, result: Json, options: AcknowledgeOptions): Promise<ClaimAnswer>;
  /** Counts the lease anew from now. */
  extend(claim: ClaimRef, leaseMs: number, options: WriteOptions): Promise<ClaimAnswer>;
  /** Gives the task back, to be claimed again after `delayMs` (default 0). After the last attempt it is dead. */
  release(
    claim: ClaimRef,
    options: WriteOptions & { readonly reason?: string; readonly delayMs?: number },
  ): Promise<ClaimAnswer>;
  read(taskId: string): Promise<TaskRecord | null>;
  /** Dead letters by position, after the task named. At most 1,000 at a time. */
  dead(afterTaskId?: string): Promise<readonly TaskRecord[]>;
  /** Gives dead letters another `maxAttempts` claims. Number of tasks revived. */
  revive(taskIds: readonly string[], options: WriteOptions): Promise<number>;
  counts(): Promise<QueueCounts>;
}
