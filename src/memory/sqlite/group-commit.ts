// Many writes, one transaction, one fsync. Writes asked for in one turn of the event loop commit together, and none is
// acknowledged before the commit has returned.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { databaseFault, isBusy } from "./database-fault.ts";
import type { Driver } from "./driver.ts";
import { busyTimeoutMs, maxBatch, maxBusyAttempts, maxWaiting } from "../core/limits.ts";
import { rollBack } from "./schema.ts";

export interface GroupCommit {
  /** Runs `work` inside the next transaction; resolves after its commit. A SwarmError of `work` fails that work alone. */
  write<T>(work: (nowMs: number) => T): Promise<T>;
  /** Resolves when nothing is waiting any more. */
  drained(): Promise<void>;
}

interface Waiting {
  /** Runs inside the transaction and returns what tells the caller, to be called after the commit. */
  readonly perform: (nowMs: number) => () => void;
  readonly reject: (reason: SwarmError) => void;
}

export interface GroupCommitOptions {
  readonly driver: Driver;
  readonly clock: Clock;
  readonly path: string;
}

export function openGroupCommit(options: GroupCommitOptions): GroupCommit {
  const waiting: Waiting[] = [];
  const idle: (() => void)[] = [];
  let active = false;

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      await commitBatch(options, batch);
    }
    active = false;
    for (const call of idle.splice(0)) call();
  };

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= maxWaiting) return reject(full());
        waiting.push({
          perform: (nowMs) => {
            try {
              const value = work(nowMs);
              return () => resolve(value);
            } catch (thrown) {
              if (!(thrown instanceof SwarmError)) throw thrown;
              return () => reject(thrown);
            }
          },
          reject,
        });
        if (active) return;
        active = true;
        setImmediate(() => void drain());
      }),
    drained: () => (active ? new Promise((resolve) => void idle.push(resolve)) : Promise.resolve()),
  };
}

async function commitBatch(options: GroupCommitOptions, batch: readonly Waiting[]): Promise<void> {
  try {
    const answers = await whenFree(options, () => inTransaction(options, batch));
    for (const answer of answers) answer();
  } catch (thrown) {
    const fault = databaseFault(options.path, thrown);
    for (const { reject } of batch) reject(fault);
  }
}

function inTransaction({ driver, clock }: GroupCommitOptions, batch: readonly Waiting[]): readonly (() => void)[] {
  driver.exec("BEGIN IMMEDIATE");
  try {
    const nowMs = clock.nowMs();
    const answers = batch.map(({ perform }) => perform(nowMs));
    driver.exec("COMMIT");
    return answers;
  } catch (thrown) {
    rollBack(driver);
    throw thrown;
  }
}

/** Tries again while another process holds the file, yielding to the event loop in between. */
export async function whenFree<T>({ clock }: Pick<GroupCommitOptions, "clock">, attempt: () => T): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown) || tries >= maxBusyAttempts) throw thrown;
      await clock.sleep(1);
    }
  }
}

function full(): SwarmError {
  const sentence = `Cannot write: ${maxWaiting} of ${maxWaiting} writes are waiting`;
  return new SwarmError("memory.unavailable", sentence, { hint: "Await earlier writes before making more" });
}

/** How the driver waits inside one attempt. */
export const busyPragma = `busy_timeout = ${busyTimeoutMs}`;
