// Who leads after the hub or coordinator died, and which side of a partition may lead at all. A leader needs a majority of
// the known members behind it, so two sides of a split never both have one; each election has a higher term than the last.
import type { Damage } from "./route.ts";
import { spread } from "./route.ts";
import type { Topology } from "./edges.ts";

export type Election =
  | { readonly kind: "elected"; readonly leader: string; readonly term: number }
  | { readonly kind: "no-majority"; readonly present: number; readonly needed: number; readonly term: number };

/** `present` are those who can talk to each other. The longest-standing of them leads: members are in order of joining. */
export function elect(members: readonly string[], present: ReadonlySet<string>, term: number): Election {
  const needed = Math.floor(members.length / 2) + 1;
  const candidates = members.filter((member) => present.has(member));
  const [leader] = candidates;
  if (leader === undefined || candidates.length < needed) {
    return { kind: "no-majority", present: candidates.length, needed, term };
  }
  return { kind: "elected", leader, term: term + 1 };
}

/** The living members in groups that can still reach each other, each in order of joining. */
export function partitions(topology: Topology, damage: Damage): readonly (readonly string[])[] {
  const left = new Set(topology.members.filter((member) => damage.dead?.has(member) !== true));
  const groups: (readonly string[])[] = [];
  for (const member of left) {
    const reached = spread(topology, member, damage);
    groups.push(topology.members.filter((other) => reached.has(other)));
    for (const other of reached.keys()) left.delete(other);
  }
  return groups;
}
