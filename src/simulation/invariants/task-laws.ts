// No task is lost, none is completed twice, what is told is durable, and the counts always add up.
import type { SimRecord } from "../world/record.ts";
import type { SwarmPolicy } from "../../swarm/core/policy.ts";
import type { Watch } from "./watch.ts";

/** Tasks taken in = waiting + leased + being committed + done + dead, after every step. */
export function conserved(): Watch {
  return {
    name: "tasks are conserved",
    after({ queued, leased, committing, done, dead, taken, waiting }) {
      const sum = queued + leased + committing + done + dead;
      if (sum !== taken) return `${taken} tasks were taken in and ${sum} are accounted for`;
      return waiting === queued ? null : `${queued} tasks are queued and ${waiting} stand in line`;
    },
  };
}

/** The record sees one end of a task, ever. */
export function endedOnce(): Watch {
  // Ids of the world are numbers behind a letter: a list of flags holds millions of them.
  const ended: boolean[] = [];
  return {
    name: "no task ends twice",
    durable(entry) {
      if (entry.kind !== "done" && entry.kind !== "dead") return null;
      const number = Number(entry.taskId.slice(1));
      if (ended[number] === true) return `task ${entry.taskId} ended before and now ${entry.kind} is recorded again`;
      ended[number] = true;
      return null;
    },
  };
}

/** What a source was promised is durable when it is told, and has ended when the run is over. */
export function neverLost(record: SimRecord): Watch {
  const promised = new Set<string>();
  return {
    name: "no accepted task is lost",
    kinds: ["accepted", "done", "dead"],
    effect(effect) {
      if (effect.kind !== "accepted" && effect.kind !== "done" && effect.kind !== "dead") return null;
      if (effect.kind === "accepted") promised.add(effect.taskId);
      else promised.delete(effect.taskId);
      return record.holds(effect.taskId)
        ? null
        : `task ${effect.taskId} is called ${effect.kind} and the record knows nothing of it`;
    },
    event(event) {
      if (event.kind !== "lease-won") return null;
      const open = event.record.filter(({ kind }) => kind === "task").length;
      return open === record.openTasks()
        ? null
        : `a new coordinator was told of ${open} of ${record.openTasks()} open tasks`;
    },
    after({ queued, leased }, event) {
      if (event.kind !== "lease-won") return null;
      const known = queued + leased;
      return known === record.openTasks()
        ? null
        : `a new coordinator knows ${known} of ${record.openTasks()} open tasks`;
    },
    end() {
      const [first] = promised;
      return first === undefined ? null : `${promised.size} accepted tasks never ended, the first is ${first}`;
    },
  };
}

/** The line of waiting tasks is bounded: its limit, and what agents had to give back. */
export function bounded({ queueLimit, scale, slotsPerAgent }: SwarmPolicy): Watch {
  const most = queueLimit + 2 * scale.max * slotsPerAgent;
  return {
    name: "the queue is bounded",
    after: ({ waiting }) => (waiting <= most ? null : `${waiting} tasks wait where ${most} are the limit`),
  };
}
