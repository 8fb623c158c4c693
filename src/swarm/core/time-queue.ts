// What is due next, by time and then by order of arrival, so that equal times leave in the order they came and a replay is
// bit-equal. What comes in order waits in a line, the rest in a binary heap; the first of both is next. Bounded: a queue that grows
// past its limit is a defect, not a slow machine.
import { invariant } from "../../contracts/invariant.ts";
import { openSortedLine } from "./sorted-line.ts";

export interface TimeQueue<Item> {
  readonly size: () => number;
  /** Time of the first item, ms; Infinity when empty. */
  readonly nextMs: () => number;
  readonly push: (atMs: number, item: Item) => void;
  /** The first item; undefined when empty. */
  readonly pop: () => Item | undefined;
}

/** `limit` items at most. Push and pop cost O(log n), O(1) for what comes in order. */
export function openTimeQueue<Item>(limit: number): TimeQueue<Item> {
  const full = `at most ${limit} things are due`;
  const line = openSortedLine<Item>();
  const heap = openHeap<Item>();
  let arrived = 0;
  const size = (): number => line.size() + heap.size();
  const isLineFirst = (): boolean => {
    if (line.size() === 0 || heap.size() === 0) return heap.size() === 0;
    const [own, other] = [line.firstMs(), heap.firstMs()];
    return own < other || (own === other && line.firstOrder() < heap.firstOrder());
  };
  return {
    size,
    nextMs() {
      if (size() === 0) return Infinity;
      return isLineFirst() ? line.firstMs() : heap.firstMs();
    },
    push(atMs, item) {
      invariant(size() < limit, full);
      const order = arrived++;
      if (line.size() === 0 || atMs >= line.lastMs()) line.push(atMs, order, item);
      else heap.push(atMs, order, item);
    },
    pop() {
      if (size() === 0) return undefined;
      return isLineFirst() ? line.shift() : heap.pop();
    },
  };
}

/** A binary heap over (time, order of arrival). */
function openHeap<Item>() {
  const shelf = openShelf<Item>();
  let times = new Float64Array(1_024);
  let orders = new Float64Array(1_024);
  let places = new Int32Array(1_024);
  let size = 0;
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
    firstMs: () => times[0] ?? 0,
    firstOrder: () => orders[0] ?? 0,
    push(atMs: number, order: number, item: Item): void {
      if (size === times.length) grow();
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (isBefore(parent, atMs, order)) break;
        move(parent, at);
        at = parent;
      }
      put(at, atMs, order, shelf.keep(item));
    },
    /** Of a heap that is not empty. */
    pop(): Item | undefined {
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
