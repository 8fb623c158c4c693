// Questions in company: those asked in one breath go out together as one call, the same question once; those asked while a
// call is under way wait for it, but not for long. An answer is never older than its question, and a lone question never waits.
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
  /** How long a question may wait for others that are about to be asked, ms; default 0. */
  readonly lingerMs?: () => number;
}): Company<K, V> {
  const { clock, one, many, most, lingerMs = () => 0 } = options;
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
    if (queue.size === 0) return;
    const batch = new Map([...queue].slice(0, most));
    queue = new Map([...queue].slice(most));
    underWay += 1;
    void answer(batch).finally(() => {
      underWay -= 1;
      go();
    });
  };
  const soon = (): void => {
    const waitMs = underWay > 0 ? patienceMs : lingerMs();
    if (waitMs > 0) forget ??= clock.after(waitMs, go);
    // The end of this turn: whoever asks for many asks for all of them before it.
    else if (queue.size === 1) queueMicrotask(go);
  };
  return {
    ask: (key) =>
      new Promise((resolve, reject) => {
        const waiting = queue.get(key);
        if (waiting !== undefined) return void waiting.push({ resolve, reject });
        queue.set(key, [{ resolve, reject }]);
        soon();
      }),
  };
}
