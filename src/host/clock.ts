// Time has one door. `monotonicNs` measures, `nowMs` dates; nothing else may read a clock or set a timer.

export interface Clock {
  /** Wall time, ms since 1970-01-01 UTC. May jump. */
  nowMs(): number;
  /** Nanoseconds from an arbitrary origin. Never goes back. */
  monotonicNs(): bigint;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls once after `ms` unless cancelled. An unreferenced timer does not keep the process alive. */
  after(ms: number, call: () => void, options?: { readonly unref?: boolean }): Cancel;
  every(ms: number, call: () => void, options?: { readonly unref?: boolean }): Cancel;
}

export type Cancel = () => void;

export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicNs: () => process.hrtime.bigint(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
  after: (ms, call, options) => {
    const timer = setTimeout(call, ms);
    if (options?.unref === true) timer.unref();
    return () => clearTimeout(timer);
  },
  every: (ms, call, options) => {
    const timer = setInterval(call, ms);
    if (options?.unref === true) timer.unref();
    return () => clearInterval(timer);
  },
};

export interface SimulatedClock extends Clock {
  /** Moves virtual time forward, firing timers in order of their due time (ties in order of creation). */
  advance(ms: number): Promise<void>;
}

interface Timer {
  due: number;
  readonly order: number;
  readonly periodMs: number | null;
  readonly call: () => void;
}

/** A clock that stands still until told to move. `startMs` dates the origin (default 2026-01-01 UTC). */
export function simulatedClock(startMs = 1_767_225_600_000): SimulatedClock {
  let elapsedMs = 0;
  let created = 0;
  const timers = new Set<Timer>();
  const add = (ms: number, periodMs: number | null, call: () => void): Cancel => {
    const timer: Timer = { due: elapsedMs + Math.max(0, ms), order: created++, periodMs, call };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const next = (limit: number): Timer | undefined =>
    [...timers].filter((t) => t.due <= limit).sort((a, b) => a.due - b.due || a.order - b.order)[0];
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicNs: () => BigInt(Math.round(elapsedMs * 1e6)),
    after: (ms, call) => add(ms, null, call),
    every: (ms, call) => add(ms, ms, call),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const cancel = add(ms, null, resolve);
        signal?.addEventListener(
          "abort",
          () => {
            cancel();
            reject(signal.reason);
          },
          { once: true },
        );
      }),
    async advance(ms) {
      const limit = elapsedMs + ms;
      for (let timer = next(limit); timer !== undefined; timer = next(limit)) {
        elapsedMs = timer.due;
        if (timer.periodMs === null) timers.delete(timer);
        else timer.due += Math.max(1, timer.periodMs);
        timer.call();
        await Promise.resolve();
      }
      elapsedMs = limit;
    },
  };
}
