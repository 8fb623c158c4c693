// Queues over plain maps. The open tasks of a queue are kept apart in the order of their position, so that a claim does not
// walk over what is done.
import { invariant } from "../../contracts/invariant.ts";
import type { Row, SqlValue } from "../core/rows.ts";
import type { Answer } from "./tables.ts";
import { byBytes, num, numOrNull, str, strOrNull } from "./values.ts";

interface Task {
  readonly task_id: string;
  readonly position: number;
  state: string;
  claimed: number;
  readonly payload: string;
  readonly payload_sha256: string;
  attempts: number;
  readonly max_attempts: number;
  token: number;
  worker: string | null;
  available_at_ms: number;
  result: string | null;
  result_sha256: string | null;
  reason: string | null;
  readonly pushed_at_ms: number;
  done_at_ms: number | null;
}
interface Line {
  readonly namespace: string;
  readonly queue: string;
  open_tasks: number;
  position: number;
  readonly tasks: Map<string, Task>;
  readonly open: Set<Task>;
}
export type TaskTables = Map<string, Map<string, Line>>;

export function taskAnswers(lines: TaskTables) {
  return { ...queueAnswers(lines), ...workAnswers(lines), ...lookAnswers(lines), ...carryAnswers(lines) };
}

/** A task nobody has claimed yet. */
const fresh = {
  state: "open",
  claimed: 0,
  attempts: 0,
  token: 0,
  worker: null,
  result: null,
  result_sha256: null,
  reason: null,
  done_at_ms: null,
} as const;

function lineOf(lines: TaskTables, values: readonly SqlValue[]): Line | undefined {
  return lines.get(str(values, 0))?.get(str(values, 1));
}

function openLine(lines: TaskTables, values: readonly SqlValue[]): Line {
  const [namespace, queue] = [str(values, 0), str(values, 1)];
  const queues = lines.get(namespace) ?? new Map<string, Line>();
  lines.set(namespace, queues);
  const line = queues.get(queue) ?? { namespace, queue, open_tasks: 0, position: 0, tasks: new Map(), open: new Set() };
  queues.set(queue, line);
  return line;
}

function isHeld({ claimed, available_at_ms: until }: Task, nowMs: number): boolean {
  return claimed === 1 && until > nowMs;
}

function isExhausted(task: Task, nowMs: number): boolean {
  return task.state === "open" && task.attempts >= task.max_attempts && !isHeld(task, nowMs);
}

function queueAnswers(lines: TaskTables) {
  return {
    openQueue: (values) => {
      const { open_tasks, position } = openLine(lines, values);
      return [{ open_tasks, position }];
    },
    setQueue: (values) => {
      Object.assign(openLine(lines, values), { open_tasks: num(values, 2), position: num(values, 3) });
      return [];
    },
    addOpen: (values) => {
      openLine(lines, values).open_tasks += num(values, 2);
      return [];
    },
    insertTask: (values) => {
      const line = openLine(lines, values);
      const [task_id, position, nowMs] = [str(values, 2), num(values, 3), num(values, 7)];
      if (line.tasks.has(task_id)) return [];
      const task: Task = {
        task_id,
        position,
        ...fresh,
        payload: str(values, 4),
        payload_sha256: str(values, 5),
        max_attempts: num(values, 6),
        available_at_ms: nowMs,
        pushed_at_ms: nowMs,
      };
      line.tasks.set(task_id, task);
      line.open.add(task);
      return [{ task_id }];
    },
    deleteTask: (values) => {
      const line = lineOf(lines, values);
      const task = line?.tasks.get(str(values, 2));
      if (line === undefined || task === undefined) return [];
      line.tasks.delete(task.task_id);
      line.open.delete(task);
      return [];
    },
    clearTasks: (values) => {
      for (const line of lines.get(str(values, 0))?.values() ?? []) {
        line.tasks.clear();
        line.open.clear();
      }
      return [];
    },
    clearQueues: (values) => {
      for (const line of lines.get(str(values, 0))?.values() ?? []) line.open_tasks = 0;
      return [];
    },
  } as const satisfies Record<string, Answer>;
}

/** Open tasks again in the order of their position. */
function inOrder(line: Line): void {
  const tasks = [...line.tasks.values()].filter(({ state }) => state === "open");
  line.open.clear();
  for (const task of tasks.sort((a, b) => a.position - b.position)) line.open.add(task);
}

function workAnswers(lines: TaskTables) {
  const change = (values: readonly SqlValue[], changes: Partial<Task>): readonly Row[] => {
    const line = lineOf(lines, values);
    const task = line?.tasks.get(str(values, 2));
    invariant(line !== undefined && task !== undefined, "the task was read first");
    const wasOpen = task.state === "open";
    Object.assign(task, changes);
    if (task.state !== "open") line.open.delete(task);
    else if (!wasOpen) inOrder(line);
    return [];
  };
  return {
    claimTasks: (values, nowMs) => {
      const [worker, until, limit] = [str(values, 2), nowMs + num(values, 3), num(values, 4)];
      const claimed: Row[] = [];
      for (const task of lineOf(lines, values)?.open ?? []) {
        if (claimed.length >= limit) break;
        if (task.attempts >= task.max_attempts || task.available_at_ms > nowMs) continue;
        const { token, attempts } = task;
        Object.assign(task, { claimed: 1, token: token + 1, attempts: attempts + 1, worker, available_at_ms: until });
        claimed.push({ ...task });
      }
      return claimed;
    },
    finishTask: (values, nowMs) => {
      const [result, result_sha256] = [str(values, 3), str(values, 4)];
      return change(values, { state: "done", claimed: 0, result, result_sha256, done_at_ms: nowMs });
    },
    extendTask: (values, nowMs) => change(values, { available_at_ms: nowMs + num(values, 3) }),
    releaseTask: (values, nowMs) => {
      const available_at_ms = nowMs + num(values, 4);
      return change(values, { state: str(values, 3), claimed: 0, available_at_ms, reason: strOrNull(values, 5) });
    },
    reviveTask: (values, nowMs) => change(values, { state: "open", claimed: 0, attempts: 0, available_at_ms: nowMs }),
    buryTasks: (values, nowMs) => {
      const line = lineOf(lines, values);
      const over = [...(line?.open ?? [])].filter((task) => isExhausted(task, nowMs));
      for (const task of over) {
        Object.assign(task, { state: "dead", claimed: 0 });
        line?.open.delete(task);
      }
      return over.map(({ task_id }) => ({ task_id }));
    },
  } as const satisfies Record<string, Answer>;
}

function lookAnswers(lines: TaskTables) {
  const find: Answer = (values, nowMs) => {
    const task = lineOf(lines, values)?.tasks.get(str(values, 2));
    return task === undefined ? [] : [{ ...task, now_ms: nowMs }];
  };
  const all = (values: readonly SqlValue[]): readonly Task[] => [...(lineOf(lines, values)?.tasks.values() ?? [])];
  return {
    findTask: find,
    lockTask: find,
    deadTasks: (values, nowMs) => {
      const after = lineOf(lines, values)?.tasks.get(str(values, 2))?.position ?? -1;
      return all(values)
        .filter((task) => task.position > after && (task.state === "dead" || isExhausted(task, nowMs)))
        .sort((a, b) => a.position - b.position)
        .slice(0, num(values, 3))
        .map((task) => ({ ...task, now_ms: nowMs }));
    },
    countTasks: (values, nowMs) => {
      const counts = { done: 0, dead: 0, claimed: 0, ready: 0 };
      for (const task of all(values)) {
        if (task.state === "done") counts.done += 1;
        else if (task.state === "dead" || isExhausted(task, nowMs)) counts.dead += 1;
        else if (isHeld(task, nowMs)) counts.claimed += 1;
        else counts.ready += 1;
      }
      return [counts];
    },
    forgottenTasks: (values, nowMs) => {
      const found: Row[] = [];
      for (const { namespace, queue, tasks } of [...lines.values()].flatMap((queues) => [...queues.values()])) {
        for (const { task_id, state, done_at_ms } of tasks.values()) {
          if (found.length >= num(values, 1)) return found;
          if (state === "done" && (done_at_ms ?? nowMs) <= nowMs - num(values, 0))
            found.push({ namespace, queue, task_id });
        }
      }
      return found;
    },
  } as const satisfies Record<string, Answer>;
}

function carryAnswers(lines: TaskTables) {
  const all = (values: readonly SqlValue[]): readonly Task[] => [...(lineOf(lines, values)?.tasks.values() ?? [])];
  return {
    restoreQueue: (values) => {
      Object.assign(openLine(lines, values), { open_tasks: num(values, 2), position: num(values, 3) });
      return [];
    },
    restoreTask: (values) => {
      const line = openLine(lines, values);
      const task: Task = {
        task_id: str(values, 2),
        position: num(values, 3),
        state: str(values, 4),
        claimed: num(values, 5),
        payload: str(values, 6),
        payload_sha256: str(values, 7),
        attempts: num(values, 8),
        max_attempts: num(values, 9),
        token: num(values, 10),
        worker: strOrNull(values, 11),
        available_at_ms: num(values, 12),
        result: strOrNull(values, 13),
        result_sha256: strOrNull(values, 14),
        reason: strOrNull(values, 15),
        pushed_at_ms: num(values, 16),
        done_at_ms: numOrNull(values, 17),
      };
      line.tasks.set(task.task_id, task);
      inOrder(line);
      return [];
    },
    dumpQueues: (values) =>
      [...(lines.get(str(values, 0))?.values() ?? [])]
        .filter(({ queue }) => byBytes(queue, str(values, 1)) > 0)
        .sort((a, b) => byBytes(a.queue, b.queue))
        .slice(0, num(values, 2))
        .map(({ queue, open_tasks, position }) => ({ queue, open_tasks, position })),
    dumpTasks: (values) =>
      all(values)
        .filter(({ task_id }) => byBytes(task_id, str(values, 2)) > 0)
        .sort((a, b) => byBytes(a.task_id, b.task_id))
        .slice(0, num(values, 3))
        .map((task) => ({ ...task })),
  } as const satisfies Record<string, Answer>;
}
