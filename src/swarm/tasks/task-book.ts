// The tasks by id, counted by status. Ended ones are remembered up to a limit, so that the book stays bounded however long
// the swarm works; what it forgot, the record still knows.
import { openTaskCell, type TaskCell, type TaskStatus } from "./task-cell.ts";

export interface TaskBook {
  readonly find: (id: string) => TaskCell | undefined;
  /** A new task, queued. */
  readonly add: (id: string, capability: string | null) => TaskCell;
  readonly move: (task: TaskCell, status: TaskStatus) => void;
  readonly countOf: (status: TaskStatus) => number;
  /** The same, all of them, as they change: by name, for who looks at every step. */
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Tasks ever added. */
  readonly taken: () => number;
}

/** `keepEnded` ended tasks stay findable. */
export function openTaskBook(keepEnded: number): TaskBook {
  const tasks = new Map<string, TaskCell>();
  const counts: Record<TaskStatus, number> = { queued: 0, leased: 0, committing: 0, done: 0, dead: 0 };
  /** A ring of ended ids. */
  const ended: string[] = [];
  let turn = 0;
  let taken = 0;
  return {
    find: (id) => tasks.get(id),
    countOf: (status) => counts[status],
    counts,
    taken: () => taken,
    add(id, capability) {
      const task = openTaskCell(id, capability);
      tasks.set(id, task);
      counts.queued += 1;
      taken += 1;
      return task;
    },
    move(task, status) {
      counts[task.status] -= 1;
      task.status = status;
      counts[status] += 1;
      if (status !== "done" && status !== "dead") return;
      tasks.delete(ended[turn] ?? "");
      ended[turn] = task.id;
      turn = (turn + 1) % keepEnded;
    },
  };
}
