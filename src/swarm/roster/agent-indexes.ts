// Where distribution looks agents up: by load, by load among those with a capability, by rank, and those that hold more than
// one task. Only agents that can take work are in the first three.
import type { AgentCell } from "./agent-cell.ts";
import { openLoadOrder, type LoadOrder } from "./load-order.ts";
import { openRankedSet, type RankedSet } from "./ranked-set.ts";

export interface AgentIndexes {
  readonly orderOf: (capability: string | null) => LoadOrder;
  /** Slots of those that can take work. */
  readonly free: RankedSet;
  readonly stacked: ReadonlySet<AgentCell>;
  /** Puts the agent where its status and load belong. */
  readonly place: (agent: AgentCell) => void;
  /** Takes it out of all orders, before its capabilities change. */
  readonly remove: (agent: AgentCell) => void;
}

export function openAgentIndexes(slots: number): AgentIndexes {
  const everyone = openLoadOrder(slots);
  const able = new Map<string, LoadOrder>();
  const free = openRankedSet();
  const stacked = new Set<AgentCell>();
  const orderOf = (capability: string | null): LoadOrder => {
    if (capability === null) return everyone;
    const known = able.get(capability);
    if (known !== undefined) return known;
    const order = openLoadOrder(slots);
    able.set(capability, order);
    return order;
  };
  const put = (agent: AgentCell, wanted: boolean): void => {
    everyone.place(agent, wanted);
    for (const capability of agent.capabilities) orderOf(capability).place(agent, wanted);
    free.set(agent.slot, wanted);
  };
  return {
    orderOf,
    free,
    stacked,
    place(agent) {
      const isReady = agent.status === "ready";
      put(agent, isReady && agent.open.length < slots);
      if (isReady && agent.open.length > 1) stacked.add(agent);
      else stacked.delete(agent);
    },
    remove: (agent) => put(agent, false),
  };
}
