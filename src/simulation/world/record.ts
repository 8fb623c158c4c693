// The durable record of the simulated world: one writer's group commits, fenced by epoch. What it holds is what a new
// coordinator knows.
import type { RecordEntry, SwarmEffect } from "../../swarm/core/effects.ts";

export type Write = Extract<SwarmEffect, { kind: "record" }>;

export interface SimRecord {
  /** Takes a write into the next commit. False when its author's epoch is over: then nothing of it counts. */
  readonly take: (write: Write) => boolean;
  /** Makes durable what was taken; the entries in order, with the highest sequence number. */
  readonly commit: () => { readonly upTo: number; readonly entries: readonly RecordEntry[] };
  readonly waiting: () => number;
  /** A new coordinator: what was not durable is gone, and older epochs are refused from now on. */
  readonly fence: (epoch: number) => void;
  readonly epoch: () => number;
  readonly holds: (taskId: string) => boolean;
  readonly openTasks: () => number;
  /** What a new coordinator is told: agents, open tasks, and the ended ones that are still remembered. */
  readonly entries: () => readonly RecordEntry[];
}

/** `remember` ended tasks stay readable. */
export function openRecord(remember: number): SimRecord {
  const open = new Map<string, RecordEntry>();
  const ended = new Map<string, RecordEntry>();
  const agents = new Map<string, RecordEntry>();
  const ring: string[] = [];
  let turn = 0;
  let buffer: Write[] = [];
  let current = 0;
  const end = (taskId: string, entry: RecordEntry): void => {
    open.delete(taskId);
    ended.set(taskId, entry);
    // A ring of ids: asking a large map for its oldest key walks over everything deleted before it.
    ended.delete(ring[turn] ?? "");
    ring[turn] = taskId;
    turn = (turn + 1) % remember;
  };
  const apply = (entry: RecordEntry): void => {
    if (entry.kind === "task") open.set(entry.taskId, entry);
    else if (entry.kind === "done" || entry.kind === "dead") end(entry.taskId, entry);
    else if (entry.kind === "agent") agents.set(entry.agentId, entry);
    else if (entry.kind === "agent-gone") agents.delete(entry.agentId);
  };
  return {
    take(write) {
      if (write.epoch !== current) return false;
      buffer.push(write);
      return true;
    },
    commit() {
      const writes = buffer;
      buffer = [];
      for (const { entry } of writes) apply(entry);
      return { upTo: writes.at(-1)?.seq ?? 0, entries: writes.map(({ entry }) => entry) };
    },
    waiting: () => buffer.length,
    fence(epoch) {
      current = epoch;
      buffer = [];
    },
    epoch: () => current,
    holds: (taskId) => open.has(taskId) || ended.has(taskId),
    openTasks: () => open.size,
    entries: () => [...agents.values(), ...ended.values(), ...open.values()],
  };
}
