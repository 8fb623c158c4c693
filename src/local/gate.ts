// Lets a bounded number of tasks run at once; the others wait in order. Who waits is bounded by the quota above it.

export interface Gate {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs and nobody waits. */
  idle(): Promise<void>;
}

export function createGate(width: number): Gate {
  const turns: (() => void)[] = [];
  const idlers: (() => void)[] = [];
  let running = 0;
  const leave = (): void => {
    const next = turns.shift();
    if (next !== undefined) return next();
    running--;
    if (running === 0) for (const wake of idlers.splice(0)) wake();
  };
  return {
    async run(task) {
      if (running >= width) await new Promise<void>((resolve) => turns.push(resolve));
      else running++;
      try {
        return await task();
      } finally {
        leave();
      }
    },
    idle: async () => (running === 0 ? undefined : new Promise((resolve) => idlers.push(resolve))),
  };
}
