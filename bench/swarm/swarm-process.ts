// The live swarm under measurement: its coordinator is the shipped program in a process of its own, its tasks and results go
// through the shared record, and this process only pushes and counts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Clock } from "../../src/host/clock.ts";
import type { Env } from "../../src/host/env.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { pushTasks } from "./tasks.ts";

export interface MeasuredSwarm {
  /** Tasks per second from the first push to the last durable result; throws unless each was done once. */
  work(round: string, tasks: number): Promise<number>;
  close(): Promise<void>;
}

export interface SwarmOptions {
  readonly env: Env;
  /** Holds the record. */
  readonly folder: string;
  readonly agents: number;
  readonly clock: Clock;
}

const namespace = "bench";
const readyWithinMs = 60_000;
const workWithinMs = 120_000;
const program = join(import.meta.dirname, "../../src/backend/coordinator-main.js");

export async function openSwarm({ env, folder, agents, clock }: SwarmOptions): Promise<MeasuredSwarm> {
  const store = await openSqliteStore({ path: join(folder, ".swarm", "record.sqlite"), clock });
  const args = [program, JSON.stringify({ namespace, agents })];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "close");
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await gone;
    await store.close();
  };
  try {
    await soon(clock, readyWithinMs, async () => (await store.list(namespace, "places/")).length >= agents);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { work: (round, tasks) => work(store, clock, round, tasks), close };
}

async function work(store: RecordStore, clock: Clock, round: string, tasks: number): Promise<number> {
  const queue = store.queue(namespace, "tasks", { limit: tasks + 1, maxAttempts: 1_000 });
  const from = await store.position(namespace);
  const beganNs = clock.monotonicNs();
  const pushed = pushTasks(queue, round, tasks);
  const watching = new AbortController();
  const giveUp = clock.after(workWithinMs, () => watching.abort());
  const seen = new Map<string, number>();
  let endNs = beganNs;
  try {
    for await (const change of store.watch(namespace, { prefix: `results/${round}-`, from, signal: watching.signal })) {
      if (change.kind !== "put") continue;
      endNs = clock.monotonicNs();
      seen.set(change.entry.key, change.entry.version);
      if (seen.size === tasks) break;
    }
  } finally {
    giveUp();
  }
  await pushed;
  const again = [...seen.values()].filter((version) => version !== 1).length;
  if (seen.size < tasks || again > 0) throw unequal(seen.size, tasks, again);
  return tasks / (Number(endNs - beganNs) / 1e9);
}

async function soon(clock: Clock, withinMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const untilNs = clock.monotonicNs() + BigInt(withinMs) * 1_000_000n;
  while (!(await isSo())) {
    if (clock.monotonicNs() > untilNs) {
      throw new SwarmError("agent.timeout", `The agents of the swarm were not there within ${withinMs / 1000} s`, {
        hint: "Look at the local server's log",
      });
    }
    await clock.sleep(20);
  }
}

function unequal(done: number, tasks: number, again: number): SwarmError {
  return new SwarmError("internal", `Of ${tasks} tasks ${done} were done, ${again} of them more than once`, {
    hint: "This is a defect of the swarm: keep the record and report it",
  });
}
