// A topology mends itself around the dead: ring neighbours hold hands, children of a dead relay hang on its nearest living
// ancestor, a star whose hub died waits for the elected one. No edge is invented between members that had no business.
import { unreachable } from "../../contracts/invariant.ts";
import type { Edge, Topology } from "./edges.ts";

/** The topology of the living. `leader` is the elected hub or root; it matters only where the old one is dead. */
export function repair(topology: Topology, dead: ReadonlySet<string>, leader: string): Topology {
  const members = topology.members.filter((member) => !dead.has(member));
  const alive = topology.edges.filter(([a, b]) => !dead.has(a) && !dead.has(b));
  switch (topology.kind) {
    case "mesh":
      return { kind: "mesh", members, edges: alive };
    case "star": {
      const order = [leader, ...members.filter((member) => member !== leader)];
      const hub = topology.members[0] ?? "";
      if (!dead.has(hub)) return { kind: "star", members, edges: alive };
      return { kind: "star", members: order, edges: order.slice(1).map((member): Edge => [leader, member]) };
    }
    case "ring": {
      const around = members.map((member, at): Edge => [member, members[(at + 1) % members.length] ?? member]);
      return {
        kind: "ring",
        members,
        edges: around.slice(0, members.length > 2 ? members.length : members.length - 1),
      };
    }
    case "hierarchical":
      return { kind: "hierarchical", members, edges: hang(topology, dead, leader) };
    default:
      return unreachable(topology.kind);
  }
}

/** The edges of a hierarchy point from parent to child; a living child climbs to its first living ancestor. */
function hang({ edges }: Topology, dead: ReadonlySet<string>, leader: string): readonly Edge[] {
  const parents = new Map(edges.map(([parent, child]) => [child, parent]));
  const living = (member: string): string => {
    let at = parents.get(member);
    while (at !== undefined && dead.has(at)) at = parents.get(at);
    return at ?? leader;
  };
  return edges
    .map(([, child]) => child)
    .filter((child) => !dead.has(child) && child !== leader)
    .map((child): Edge => [living(child), child]);
}
