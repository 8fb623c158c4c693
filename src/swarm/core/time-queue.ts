// What is due next: a binary heap over (time, order of arrival), so that equal times leave in the order they came and a
// replay is bit-equal. Bounded: a queue that grows past its limit is a defect, not a slow machine.
import { invariant } from "../../contracts/invariant.ts";

export interface TimeQueue<Item> {
  readonly size: () => number;
  /** Time of the first item, ms; Infinity when empty. */
  readonly nextMs: () => number;
  readonly push: (atMs: number, item: Item) => void;
  /** The first item; undefined when empty. */
  readonly pop: () => Item | undefined;
}

/** `limit` items at most. Push and pop cost O(log n). */
export function openTimeQueue<Item>(limit: number): TimeQueue<Item> {
  const items: (Item | undefined)[] = [];
  let times = new Float64Array(1_024);
  let orders = new Float64Array(1_024);
  let size = 0;
  let arrived = 0;
  const grow = (): void => {
    const wider = [new Float64Array(times.length * 2), new Float64Array(times.length * 2)] as const;
    wider[0].set(times);
    wider[1].set(orders);
    [times, orders] = wider;
  };
  const place = (at: number, time: number, order: number, item: Item | undefined): void => {
    times[at] = time;
    orders[at] = order;
    items[at] = item;
  };
  /** The entry at `from` moves to `to`. */
  const move = (from: number, to: number): void => place(to, times[from] ?? 0, orders[from] ?? 0, items[from]);
  const isBefore = (at: number, time: number, order: number): boolean => {
    const other = times[at] ?? 0;
    return other < time || (other === time && (orders[at] ?? 0) < order);
  };
  return {
    size: () => size,
    nextMs: () => (size === 0 ? Infinity : (times[0] ?? 0)),
    push(atMs, item) {
      invariant(size < limit, `at most ${limit} things are due`);
      if (size === times.length) grow();
      const order = arrived++;
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (isBefore(parent, atMs, order)) break;
        move(parent, at);
        at = parent;
      }
      place(at, atMs, order, item);
    },
    pop() {
      if (size === 0) return undefined;
      const first = items[0];
      size -= 1;
      const [time, order, item] = [times[size] ?? 0, orders[size] ?? 0, items[size]];
      items[size] = undefined;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && isBefore(child + 1, times[child] ?? 0, orders[child] ?? 0)) child += 1;
        if (!isBefore(child, time, order)) break;
        move(child, at);
        at = child;
      }
      if (size > 0) place(at, time, order, item);
      return first;
    },
  };
}
