// Tasks that wait for an agent: one line per capability, first come first served, what comes back goes to the front.
import type { TaskCell } from "./task-cell.ts";

export interface Waiting {
  readonly size: () => number;
  readonly pushBack: (task: TaskCell) => void;
  readonly pushFront: (task: TaskCell) => void;
  /** Takes a task out of its line, wherever it stands; false when it does not wait. */
  readonly remove: (task: TaskCell) => boolean;
  /** In the order in which they first came to be. */
  readonly lines: () => readonly Line[];
}

export interface Line {
  readonly capability: string | null;
  readonly head: () => TaskCell | undefined;
}

interface OpenLine extends Line {
  readonly push: (task: TaskCell) => void;
  readonly unshift: (task: TaskCell) => void;
}

/** With `apart` each capability has a line of its own; else all tasks stand in one. */
export function openWaiting(apart: boolean): Waiting {
  const byCapability = new Map<string | null, OpenLine>();
  const lines: OpenLine[] = [];
  let size = 0;
  let tickets = 0;
  const enter = (task: TaskCell): OpenLine => {
    size += 1;
    tickets += 1;
    task.ticket = tickets;
    return lineOf(task);
  };
  const lineOf = ({ capability }: TaskCell): OpenLine => {
    const key = apart ? capability : null;
    const known = byCapability.get(key);
    if (known !== undefined) return known;
    const line = openLine(key);
    byCapability.set(key, line);
    lines.push(line);
    return line;
  };
  return {
    size: () => size,
    pushBack: (task) => enter(task).push(task),
    pushFront: (task) => enter(task).unshift(task),
    remove(task) {
      if (task.ticket === 0) return false;
      task.ticket = 0;
      size -= 1;
      return true;
    },
    lines: () => lines,
  };
}

interface Place {
  readonly task: TaskCell;
  readonly ticket: number;
}

/** Two stacks: what was returned, latest first, before what is still to come. A place whose ticket is old is empty. */
function openLine(capability: string | null): OpenLine {
  const returned: Place[] = [];
  const coming: (Place | undefined)[] = [];
  let first = 0;
  const isTaken = (place: Place | undefined): boolean => place !== undefined && place.task.ticket === place.ticket;
  const skip = (): void => {
    while (returned.length > 0 && !isTaken(returned.at(-1))) returned.pop();
    while (returned.length === 0 && first < coming.length && !isTaken(coming[first])) coming[first++] = undefined;
    if (first < 1_024 || 2 * first < coming.length) return;
    coming.splice(0, first);
    first = 0;
  };
  return {
    capability,
    head() {
      skip();
      return (returned.at(-1) ?? coming[first])?.task;
    },
    push: (task) => void coming.push({ task, ticket: task.ticket }),
    unshift: (task) => void returned.push({ task, ticket: task.ticket }),
  };
}
