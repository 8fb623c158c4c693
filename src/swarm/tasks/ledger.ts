// The task ledger: which task is where, and which moves are allowed. An answer counts once, under the fence of the lease
// it answers; what comes late is fenced off; a queue that is full says so instead of dropping anything.
import { invariant } from "../../contracts/invariant.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import { openTaskBook, type TaskBook } from "./task-book.ts";
import type { TaskCell, TaskStatus } from "./task-cell.ts";
import { openWaiting, type Waiting } from "./waiting.ts";

export interface LedgerLimits {
  /** Tasks that may wait; one more is answered "full". */
  readonly queueLimit: number;
  /** Leases a task may have before it is dead. */
  readonly maxAttempts: number;
  /** Ended tasks that are still known, so that a repeated offer or answer finds its result. */
  readonly keepEnded: number;
}

export interface Grant {
  readonly agent: AgentCell;
  readonly fence: number;
  readonly nowMs: number;
  readonly untilMs: number;
}

export interface Ended {
  readonly status: "done" | "dead";
  readonly fence: number;
  readonly result: string;
}

export interface Ledger {
  readonly waiting: Waiting;
  readonly find: (id: string) => TaskCell | undefined;
  readonly countOf: (status: TaskStatus) => number;
  readonly counts: TaskBook["counts"];
  /** Tasks ever taken in, and leases ever granted. */
  readonly taken: () => number;
  readonly granted: () => number;
  readonly offer: (id: string, capability: string | null) => "queued" | "known" | "full";
  /** The task is out of its line already. */
  readonly lease: (task: TaskCell, grant: Grant) => void;
  /** "commit": the first answer of the present lease. "again": the same answer once more. "fenced": too late. */
  readonly answer: (task: TaskCell, fence: number, result: string) => "commit" | "again" | "fenced";
  /** The lease ended without an answer; `blameless` ones do not count as attempts. */
  readonly giveBack: (task: TaskCell, blameless: boolean) => "queued" | "dead";
  /** The result is durable. */
  readonly complete: (task: TaskCell) => void;
  /** What the record holds of a task; an open one waits. Entries come in the order written. */
  readonly restore: (id: string, capability: string | null, ended: Ended | null) => void;
}

export function openLedger(limits: LedgerLimits, linesApart: boolean): Ledger {
  const book = openTaskBook(limits.keepEnded);
  const { find, add, move, countOf, counts, taken } = book;
  const waiting = openWaiting(linesApart);
  let granted = 0;
  return {
    waiting,
    find,
    countOf,
    counts,
    taken,
    granted: () => granted,
    offer(id, capability) {
      if (find(id) !== undefined) return "known";
      if (waiting.size() >= limits.queueLimit) return "full";
      waiting.pushBack(add(id, capability));
      return "queued";
    },
    lease(task, { agent, fence, nowMs, untilMs }) {
      invariant(task.status === "queued" && fence > task.fence, "a queued task is leased under a higher fence");
      task.agent = agent;
      task.fence = fence;
      task.grantedMs = nowMs;
      task.untilMs = untilMs;
      task.recalled = false;
      task.attempts += 1;
      granted += 1;
      move(task, "leased");
    },
    answer(task, fence, result) {
      if (task.fence !== fence) return "fenced";
      if (task.status === "committing" || task.status === "done") return "again";
      if (task.status !== "leased") return "fenced";
      task.result = result;
      task.agent = null;
      move(task, "committing");
      return "commit";
    },
    giveBack(task, blameless) {
      invariant(task.status === "leased", "only a leased task is given back");
      task.agent = null;
      if (blameless) task.attempts -= 1;
      const outcome = task.attempts >= limits.maxAttempts ? "dead" : "queued";
      move(task, outcome);
      if (outcome === "queued") waiting.pushFront(task);
      return outcome;
    },
    complete(task) {
      invariant(task.status === "committing", "only an answered task is completed");
      move(task, "done");
    },
    restore: (id, capability, ended) => restore({ book, waiting }, { id, capability, ended }),
  };
}

interface Entry {
  readonly id: string;
  readonly capability: string | null;
  readonly ended: Ended | null;
}

function restore(
  { book, waiting }: { readonly book: TaskBook; readonly waiting: Waiting },
  { id, capability, ended }: Entry,
): void {
  const known = book.find(id);
  const task = known ?? book.add(id, capability);
  task.accepted = true;
  if (known === undefined && ended === null) return waiting.pushBack(task);
  if (ended === null || task.status !== "queued") return;
  waiting.remove(task);
  task.fence = ended.fence;
  task.result = ended.result;
  book.move(task, ended.status);
}
