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
  const full = `at most ${limit} things are due`;
  const shelf = openShelf<Item>();
  let times = new Float64Array(1_024);
  let orders = new Float64Array(1_024);
  let places = new Int32Array(1_024);
  let size = 0;
  let arrived = 0;
  const grow = (): void => {
    [times, orders] = [widened(times, new Float64Array(size * 2)), widened(orders, new Float64Array(size * 2))];
    places = widened(places, new Int32Array(size * 2));
  };
  const put = (at: number, time: number, order: number, place: number): void => {
    times[at] = time;
    orders[at] = order;
    places[at] = place;
  };
  /** The entry at `from` moves to `to`. */
  const move = (from: number, to: number): void => put(to, times[from] ?? 0, orders[from] ?? 0, places[from] ?? 0);
  const isBefore = (at: number, time: number, order: number): boolean => {
    const other = times[at] ?? 0;
    return other < time || (other === time && (orders[at] ?? 0) < order);
  };
  return {
    size: () => size,
    nextMs: () => (size === 0 ? Infinity : (times[0] ?? 0)),
    push(atMs, item) {
      invariant(size < limit, full);
      if (size === times.length) grow();
      const order = arrived++;
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (isBefore(parent, atMs, order)) break;
        move(parent, at);
        at = parent;
      }
      put(at, atMs, order, shelf.keep(item));
    },
    pop() {
      if (size === 0) return undefined;
      const first = shelf.take(places[0] ?? 0);
      size -= 1;
      const [time, order, place] = [times[size] ?? 0, orders[size] ?? 0, places[size] ?? 0];
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && isBefore(child + 1, times[child] ?? 0, orders[child] ?? 0)) child += 1;
        if (!isBefore(child, time, order)) break;
        move(child, at);
        at = child;
      }
      if (size > 0) put(at, time, order, place);
      return first;
    },
  };
}

/** Items stay where they are put; the heap moves their places, which are numbers. */
function openShelf<Item>() {
  const items: (Item | undefined)[] = [];
  const free: number[] = [];
  return {
    keep(item: Item): number {
      const place = free.pop();
      if (place === undefined) return items.push(item) - 1;
      items[place] = item;
      return place;
    },
    take(place: number): Item | undefined {
      const item = items[place];
      items[place] = undefined;
      free.push(place);
      return item;
    },
  };
}

function widened<Column extends Float64Array | Int32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
