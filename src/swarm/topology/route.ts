// Messages travel along edges. A route is a shortest path by hops (breadth first, neighbours in order of the edge list, so
// that equal inputs give the same path); broken members and cut edges carry nothing.
import type { Edge, Topology } from "./edges.ts";

/** What cannot carry a message. */
export interface Damage {
  readonly dead?: ReadonlySet<string>;
  readonly cut?: readonly Edge[];
}

export type Delivery =
  | {
      readonly kind: "delivered";
      readonly path: readonly string[];
      readonly hops: number;
      /** One message per edge. */
      readonly messages: number;
      readonly latencyMs: number;
    }
  | { readonly kind: "unreachable" };

export type EdgeLatency = (edge: Edge) => number;

/** One message from one member to another. */
export function route(
  topology: Topology,
  from: string,
  to: string,
  latencyOf: EdgeLatency,
  damage: Damage = {},
): Delivery {
  const cameFrom = spread(topology, from, damage);
  if (!cameFrom.has(to)) return { kind: "unreachable" };
  const path = [to];
  for (let at = to; at !== from;) {
    at = cameFrom.get(at) ?? from;
    path.unshift(at);
  }
  const legs = path.slice(1).map((member, at): Edge => [path[at] ?? from, member]);
  const latencyMs = legs.reduce((sum, leg) => sum + latencyOf(leg), 0);
  return { kind: "delivered", path, hops: legs.length, messages: legs.length, latencyMs };
}

export interface Broadcast {
  readonly reached: number;
  readonly missed: readonly string[];
  /** One message per newly reached member. */
  readonly messages: number;
  readonly mostHops: number;
  /** When the last one had it. */
  readonly latencyMs: number;
}

/** One message from a member to all others, passed on along the tree of shortest paths. */
export function broadcast(topology: Topology, from: string, latencyOf: EdgeLatency, damage: Damage = {}): Broadcast {
  const cameFrom = spread(topology, from, damage);
  const hops = new Map([[from, 0]]);
  const atMs = new Map([[from, 0]]);
  for (const [member, parent] of cameFrom) {
    if (member === from) continue;
    hops.set(member, (hops.get(parent) ?? 0) + 1);
    atMs.set(member, (atMs.get(parent) ?? 0) + latencyOf([parent, member]));
  }
  const alive = topology.members.filter((member) => damage.dead?.has(member) !== true);
  return {
    reached: Math.max(0, cameFrom.size - 1),
    missed: alive.filter((member) => !cameFrom.has(member)),
    messages: Math.max(0, cameFrom.size - 1),
    mostHops: Math.max(0, ...hops.values()),
    latencyMs: Math.max(0, ...atMs.values()),
  };
}

/** Member -> the one it was reached from, in the order reached; empty when the start is dead. */
export function spread(topology: Topology, from: string, { dead, cut = [] }: Damage): ReadonlyMap<string, string> {
  if (dead?.has(from) === true) return new Map();
  const gone = new Set(cut.flatMap(([a, b]) => [`${a}\n${b}`, `${b}\n${a}`]));
  const neighbours = new Map<string, string[]>();
  const link = (a: string, b: string): void => {
    if (dead?.has(b) === true || gone.has(`${a}\n${b}`)) return;
    const known = neighbours.get(a);
    if (known === undefined) neighbours.set(a, [b]);
    else known.push(b);
  };
  for (const [a, b] of topology.edges) {
    link(a, b);
    link(b, a);
  }
  const cameFrom = new Map([[from, from]]);
  // A map iterates over what is added meanwhile: it is the queue of the search.
  for (const [member] of cameFrom) {
    for (const next of neighbours.get(member) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, member);
  }
  return cameFrom;
}
