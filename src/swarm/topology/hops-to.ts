// How far an agent is from the coordinator, in constant or logarithmic time: the same number that the shortest path over
// the repaired edge list gives, which a test holds against it. A member that is down is bridged: its children hang on its
// nearest living ancestor, its ring neighbours hold hands.
import { unreachable } from "../../contracts/invariant.ts";
import type { RankedSet } from "../roster/ranked-set.ts";
import type { TopologyKind } from "../../contracts/names.ts";

export interface Overlay {
  readonly kind: TopologyKind;
  /** Children of one relay in the hierarchy. */
  readonly arity: number;
}

/** Hops from the coordinator (place 0) to the agent of this slot (place slot + 1) among the living. */
export function hopsTo({ kind, arity }: Overlay, slot: number, living: RankedSet): number {
  switch (kind) {
    case "mesh":
    case "star":
      return 1;
    case "ring": {
      const around = living.size() + (living.has(slot) ? 1 : 2);
      const along = living.rank(slot) + 1;
      return Math.min(along, around - along);
    }
    case "hierarchical": {
      let hops = 1;
      for (let at = parentOf(slot + 1, arity); at > 0; at = parentOf(at, arity)) if (living.has(at - 1)) hops += 1;
      return hops;
    }
    default:
      return unreachable(kind);
  }
}

/** Places are numbered level by level; place 0 is the root. */
export function parentOf(place: number, arity: number): number {
  return Math.floor((place - 1) / arity);
}
