// A set of whole numbers that knows how many are below a given one and which is the k-th: a Fenwick tree (Fenwick 1994).
// Round robin over a hundred thousand agents and distances on a ring need exactly that, in O(log n).

export interface RankedSet {
  readonly size: () => number;
  readonly has: (member: number) => boolean;
  readonly set: (member: number, present: boolean) => void;
  /** How many members are smaller. */
  readonly rank: (member: number) => number;
  /** The k-th smallest, from 0; -1 when there are not that many. */
  readonly nth: (rank: number) => number;
}

export function openRankedSet(): RankedSet {
  let capacity = 1_024;
  let present = new Uint8Array(capacity);
  let tree = new Int32Array(capacity + 1);
  let size = 0;
  const add = (member: number, by: number): void => {
    for (let at = member + 1; at <= capacity; at += at & -at) tree[at] = (tree[at] ?? 0) + by;
  };
  const grow = (member: number): void => {
    while (capacity <= member) capacity *= 2;
    const wider = new Uint8Array(capacity);
    wider.set(present);
    present = wider;
    tree = new Int32Array(capacity + 1);
    for (let at = 0; at < capacity; at += 1) if (present[at] === 1) add(at, 1);
  };
  return {
    size: () => size,
    has: (member) => present[member] === 1,
    set(member, wanted) {
      if (member >= capacity) grow(member);
      if ((present[member] === 1) === wanted) return;
      present[member] = wanted ? 1 : 0;
      size += wanted ? 1 : -1;
      add(member, wanted ? 1 : -1);
    },
    rank(member) {
      let below = 0;
      for (let at = Math.min(member, capacity); at > 0; at -= at & -at) below += tree[at] ?? 0;
      return below;
    },
    nth(rank) {
      if (rank < 0 || rank >= size) return -1;
      let at = 0;
      let left = rank;
      for (let step = capacity; step > 0; step >>= 1) {
        const next = at + step;
        if (next > capacity || (tree[next] ?? 0) > left) continue;
        at = next;
        left -= tree[next] ?? 0;
      }
      return at;
    },
  };
}
