// The same messages over all four topologies: what each costs, and what each loses when its first member dies, before and
// after repair. Computed from the edge lists by sending, not from formulas.
import { topologyKinds, type TopologyKind } from "../../contracts/names.ts";
import { buildTopology, type Topology } from "./edges.ts";
import { elect, partitions } from "./elect.ts";
import { repair } from "./repair.ts";
import { broadcast, route, type EdgeLatency } from "./route.ts";

export interface TopologyRow {
  readonly kind: TopologyKind;
  readonly members: number;
  readonly edges: number;
  /** Over all ordered pairs. */
  readonly meanHops: number;
  readonly mostHops: number;
  readonly meanLatencyMs: number;
  /** From the first member to all others. */
  readonly broadcastMessages: number;
  readonly broadcastLatencyMs: number;
  /** Living members outside the largest group once the first member is dead. */
  readonly lostByFirst: number;
  readonly lostAfterRepair: number;
}

/** One row per topology, each on its own draws of `latencyOf`. */
export function compareTopologies(members: readonly string[], latencyOf: EdgeLatency): readonly TopologyRow[] {
  return topologyKinds.map((kind) => rowOf(buildTopology(kind, members), latencyOf));
}

function rowOf(topology: Topology, latencyOf: EdgeLatency): TopologyRow {
  const { kind, members, edges } = topology;
  const [first = ""] = members;
  let [pairs, hops, latencyMs, mostHops] = [0, 0, 0, 0];
  for (const from of members) {
    for (const to of members) {
      if (from === to) continue;
      const delivery = route(topology, from, to, latencyOf);
      if (delivery.kind === "unreachable") continue;
      pairs += 1;
      hops += delivery.hops;
      latencyMs += delivery.latencyMs;
      mostHops = Math.max(mostHops, delivery.hops);
    }
  }
  const all = broadcast(topology, first, latencyOf);
  const dead = new Set([first]);
  return {
    kind,
    members: members.length,
    edges: edges.length,
    meanHops: hops / Math.max(1, pairs),
    mostHops,
    meanLatencyMs: latencyMs / Math.max(1, pairs),
    broadcastMessages: all.messages,
    broadcastLatencyMs: all.latencyMs,
    lostByFirst: outside(topology, dead),
    lostAfterRepair: outside(mended(topology, dead), dead),
  };
}

/** The repair of those who can elect a leader: out of band, as the coordinator's lease is. */
function mended(topology: Topology, dead: ReadonlySet<string>): Topology {
  const present = new Set(topology.members.filter((member) => !dead.has(member)));
  const election = elect(topology.members, present, 0);
  return election.kind === "elected" ? repair(topology, dead, election.leader) : topology;
}

function outside(topology: Topology, dead: ReadonlySet<string>): number {
  const groups = partitions(topology, { dead });
  const living = groups.reduce((sum, group) => sum + group.length, 0);
  return living - Math.max(0, ...groups.map((group) => group.length));
}
