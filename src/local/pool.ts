// Started sandboxes waiting for a tenant. A spare has run nobody's code and is never taken back; refilling is paced and
// never shares the cores with a start that a request waits for.
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { limits } from "./limits.ts";
import type { Cell, IsolationBackend } from "./isolation/backend.ts";

export interface Pool {
  /** A ready cell: a spare when there is one, else a fresh start. */
  take(): Promise<Cell>;
  /** Resolves when the pool holds its spares (or refilling failed). */
  filled(): Promise<void>;
  /** Kills the spares and starts no more; resolves when they are removed. */
  drain(): Promise<void>;
  readonly spares: number;
}

export interface PoolOptions {
  readonly backend: IsolationBackend;
  readonly spares: number;
  readonly clock: Clock;
  readonly log: Log;
}

export function createPool(options: PoolOptions): Pool {
  const { backend, clock, log } = options;
  const ready: Cell[] = [];
  const turns: (() => void)[] = [];
  let running = 0;
  let waiting = 0;
  let draining = false;
  let refill: Promise<void> | null = null;

  const start = async (): Promise<Cell> => {
    if (running >= limits.startsAtOnce) await new Promise<void>((resolve) => turns.push(resolve));
    else running++;
    try {
      return await backend.start();
    } finally {
      const next = turns.shift();
      if (next === undefined) running--;
      else next();
    }
  };
  const keep = (cell: Cell): void => {
    ready.push(cell);
    void cell.ended.then(() => {
      const at = ready.indexOf(cell);
      if (at !== -1) ready.splice(at, 1);
    });
  };
  const fill = async (): Promise<void> => {
    while (!draining && ready.length < options.spares) {
      if (waiting > 0) await clock.sleep(limits.refillPauseMs);
      else keep(await start());
      if (!draining && ready.length < options.spares) await clock.sleep(limits.refillPauseMs);
    }
  };
  const startRefill = (): Promise<void> => {
    refill ??= fill()
      .catch((cause: unknown) => log.write("warn", "refilling the pool failed", { reason: String(cause) }))
      .finally(() => (refill = null));
    return refill;
  };
  return {
    async take() {
      const spare = ready.shift();
      if (spare !== undefined) {
        clock.after(limits.refillPauseMs, () => void startRefill(), { unref: true });
        return spare;
      }
      waiting++;
      try {
        return await start();
      } finally {
        waiting--;
        if (!draining) clock.after(limits.refillPauseMs, () => void startRefill(), { unref: true });
      }
    },
    filled: async () => (ready.length >= options.spares ? undefined : startRefill()),
    async drain() {
      draining = true;
      await refill;
      await Promise.all(ready.splice(0).map(async (cell) => cell.kill().then(async () => cell.removed)));
    },
    get spares() {
      return ready.length;
    },
  };
}
