// A line of things whose times only rise: what comes last is due last, so both ends are at hand. Deadlines of one length come so.

export interface SortedLine<Item> {
  readonly size: () => number;
  /** Time and number of arrival of the first, and time of the last; 0 when empty. */
  readonly firstMs: () => number;
  readonly firstOrder: () => number;
  readonly lastMs: () => number;
  /** `atMs` is not before the last one's. */
  readonly push: (atMs: number, order: number, item: Item) => void;
  readonly shift: () => Item | undefined;
}

/** A ring that doubles when it is full. Push and shift cost O(1). */
export function openSortedLine<Item>(): SortedLine<Item> {
  let room = 1_024;
  let times = new Float64Array(room);
  let orders = new Float64Array(room);
  let items: (Item | undefined)[] = Array.from({ length: room }, () => undefined);
  let first = 0;
  let size = 0;
  const grow = (): void => {
    const from = { times, orders, items };
    const old = room;
    room *= 2;
    [times, orders] = [new Float64Array(room), new Float64Array(room)];
    items = Array.from({ length: room }, () => undefined);
    for (let k = 0; k < size; k += 1) {
      const at = (first + k) & (old - 1);
      times[k] = from.times[at] ?? 0;
      orders[k] = from.orders[at] ?? 0;
      items[k] = from.items[at];
    }
    first = 0;
  };
  return {
    size: () => size,
    firstMs: () => times[first] ?? 0,
    firstOrder: () => orders[first] ?? 0,
    lastMs: () => times[(first + size - 1) & (room - 1)] ?? 0,
    push(atMs, order, item) {
      if (size === room) grow();
      const at = (first + size) & (room - 1);
      times[at] = atMs;
      orders[at] = order;
      items[at] = item;
      size += 1;
    },
    shift() {
      const item = items[first];
      items[first] = undefined;
      first = (first + 1) & (room - 1);
      size -= 1;
      return item;
    },
  };
}
