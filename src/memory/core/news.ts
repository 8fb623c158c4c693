// Who waits for a namespace is woken by the next commit that touches it. A ring with nobody waiting is forgotten: whoever
// waits has looked before, and looks again after a while anyway.
import type { Clock } from "../../host/clock.ts";

export interface News {
  wait(namespace: string, ms: number, signal?: AbortSignal): Promise<void>;
  readonly ring: (namespace: string) => void;
  ringAll(): void;
}

export function openNews(clock: Clock): News {
  const waiting = new Map<string, Set<() => void>>();
  const ring = (namespace: string): void => {
    for (const wake of waiting.get(namespace) ?? []) wake();
  };
  return {
    ring,
    ringAll: () => [...waiting.keys()].forEach((namespace) => ring(namespace)),
    wait: (namespace, ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const wakers = waiting.get(namespace) ?? new Set<() => void>();
        waiting.set(namespace, wakers);
        const wake = (): void => {
          cancel();
          signal?.removeEventListener("abort", wake);
          wakers.delete(wake);
          if (wakers.size === 0 && waiting.get(namespace) === wakers) waiting.delete(namespace);
          resolve();
        };
        const cancel = clock.after(ms, wake);
        wakers.add(wake);
        signal?.addEventListener("abort", wake, { once: true });
      }),
  };
}
