// The four topologies as edge lists. Whatever is said about a topology (hops, messages, a picture) is computed from these
// edges and from nothing else.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { TopologyKind } from "../../contracts/names.ts";
import { invariant, unreachable } from "../../contracts/invariant.ts";

/** An undirected edge between two members. */
export type Edge = readonly [string, string];

export interface Topology {
  readonly kind: TopologyKind;
  /** In order of joining. Star: the hub first. Hierarchy: the root first, then level by level. */
  readonly members: readonly string[];
  readonly edges: readonly Edge[];
}

export interface TopologyOptions {
  /** Children of one relay in the hierarchy, default 2. */
  readonly arity?: number;
}

/** A mesh of n has n(n-1)/2 edges: beyond this it is refused by name. */
export const maxMeshMembers = 1_000;
const maxMembers = 200_000;

/** Edges: mesh n(n-1)/2, star and hierarchy n-1, ring n (one for two members). Throws `usage.invalid` for a mesh too large. */
export function buildTopology(
  kind: TopologyKind,
  members: readonly string[],
  { arity = 2 }: TopologyOptions = {},
): Topology {
  invariant(
    members.length <= maxMembers && arity >= 1,
    `a topology has at most ${maxMembers} members and an arity of 1`,
  );
  invariant(new Set(members).size === members.length, "members of a topology are distinct");
  return { kind, members, edges: edgesOf(kind, members, arity) };
}

function edgesOf(kind: TopologyKind, members: readonly string[], arity: number): readonly Edge[] {
  switch (kind) {
    case "mesh":
      return meshOf(members);
    case "star":
      return members.slice(1).map((member): Edge => [members[0] ?? member, member]);
    case "hierarchical":
      return members.slice(1).map((member, at): Edge => [members[Math.floor(at / arity)] ?? member, member]);
    case "ring": {
      const around = members.map((member, at): Edge => [member, members[(at + 1) % members.length] ?? member]);
      // Two members share one edge, one member has none.
      return around.slice(0, members.length > 2 ? members.length : members.length - 1);
    }
    default:
      return unreachable(kind);
  }
}

function meshOf(members: readonly string[]): readonly Edge[] {
  if (members.length > maxMeshMembers) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot build a mesh of ${members.length} members: at most ${maxMeshMembers} are allowed`,
      { hint: "Use hierarchical, or fewer members", details: { members: members.length } },
    );
  }
  return members.flatMap((member, at) => members.slice(at + 1).map((other): Edge => [member, other]));
}
