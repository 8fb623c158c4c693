// Questions in company: the first goes out at once; those asked while it is under way wait for it, but not for long, then go
// out together as one call, the same question once. An answer is never older than its question, and a lone question never waits.
import type { Cancel, Clock } from "../../host/clock.ts";

export interface Company<K, V> {
  ask(key: K): Promise<V>;
}

interface Waiting<V> {
  readonly resolve: (value: V) => void;
  readonly reject: (reason: unknown) => void;
}

/** Longest wait for the answer under way, ms: a target that hangs on one question must not hold up the others. */
const patienceMs = 50;

/** `one` answers a key, `many` up to `most` of them with one call; a key that `many` leaves out is asked by itself. */
export function openCompany<K, V>(options: {
  readonly clock: Clock;
  readonly most: number;
  readonly one: (key: K) => Promise<V>;
  readonly many: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;
}): Company<K, V> {
  const { clock, one, many, most } = options;
  let queue = new Map<K, Waiting<V>[]>();
  let underWay = 0;
  let forget: Cancel | null = null;
  const answer = async (batch: ReadonlyMap<K, readonly Waiting<V>[]>): Promise<void> => {
    const keys = [...batch.keys()];
    let found: ReadonlyMap<K, V> = new Map();
    try {
      if (keys.length > 1) found = await many(keys);
    } catch (thrown) {
      for (const waiting of batch.values()) for (const { reject } of waiting) reject(thrown);
      return;
    }
    await Promise.all(
      [...batch].map(async ([key, waiting]) => {
        try {
          const value = found.get(key) ?? (await one(key));
          for (const { resolve } of waiting) resolve(value);
        } catch (thrown) {
          for (const { reject } of waiting) reject(thrown);
        }
      }),
    );
  };
  const go = (): void => {
    forget?.();
    forget = null;
    const batch = new Map([...queue].slice(0, most));
    queue = new Map([...queue].slice(most));
    underWay += 1;
    void answer(batch).finally(() => {
      underWay -= 1;
      if (queue.size > 0) go();
    });
  };
  return {
    ask: (key) =>
      new Promise((resolve, reject) => {
        const waiting = queue.get(key);
        if (waiting === undefined) queue.set(key, [{ resolve, reject }]);
        else waiting.push({ resolve, reject });
        if (underWay === 0) go();
        else forget ??= clock.after(patienceMs, go);
      }),
  };
}
