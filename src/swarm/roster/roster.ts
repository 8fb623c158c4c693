// The agents of the swarm with the indexes that distribution needs: by load, by load among those with a capability, and by
// rank among those that can take work. `refresh` is the one way to say that a cell changed.
import { invariant } from "../../contracts/invariant.ts";
import type { Crowd } from "../tasks/distribute.ts";
import { openAgentIndexes } from "./agent-indexes.ts";
import { openAgentCell, type AgentCell, type AgentStatus } from "./agent-cell.ts";
import { openRankedSet, type RankedSet } from "./ranked-set.ts";

export interface Roster extends Crowd<AgentCell> {
  readonly find: (id: string) => AgentCell | undefined;
  readonly add: (id: string, capabilities: readonly string[]) => AgentCell;
  readonly setStatus: (agent: AgentCell, status: AgentStatus) => void;
  readonly setCapabilities: (agent: AgentCell, capabilities: readonly string[]) => void;
  /** After its open tasks changed; `before` is how many there were. */
  readonly refresh: (agent: AgentCell, before: number) => void;
  /** Everyone ever known, in order of joining: O(agents), for when the indexes do not reach. */
  readonly members: () => readonly AgentCell[];
  readonly countOf: (status: AgentStatus) => number;
  /** The same, all of them, as they change. */
  readonly counts: Readonly<Record<AgentStatus, number>>;
  /** Agents that hold exactly so many open tasks and are ready. */
  readonly holding: (open: number) => number;
  /** Ready agents with more than one open task: what rebalancing looks at. */
  readonly stacked: ReadonlySet<AgentCell>;
  /** Slots of agents that relay and answer: ready or draining. */
  readonly living: RankedSet;
}

/** `slots` is how many tasks one agent may hold; `limit` bounds the agents ever known. */
export function openRoster(slots: number, limit: number): Roster {
  const cells: AgentCell[] = [];
  const byId = new Map<string, AgentCell>();
  const indexes = openAgentIndexes(slots);
  const living = openRankedSet();
  const counts: Record<AgentStatus, number> = { initializing: 0, ready: 0, draining: 0, error: 0, offline: 0 };
  const held: number[] = Array.from({ length: slots + 1 }, () => 0);
  const hold = ({ status }: AgentCell, open: number, by: number): void => {
    if (status === "ready") held[open] = (held[open] ?? 0) + by;
  };
  return {
    find: (id) => byId.get(id),
    add(id, capabilities) {
      invariant(cells.length < limit && !byId.has(id), `at most ${limit} agents, each known once`);
      const agent = openAgentCell(cells.length, id, capabilities);
      cells.push(agent);
      byId.set(id, agent);
      counts.initializing += 1;
      return agent;
    },
    setStatus(agent, status) {
      hold(agent, agent.open.length, -1);
      counts[agent.status] -= 1;
      agent.status = status;
      counts[status] += 1;
      hold(agent, agent.open.length, 1);
      living.set(agent.slot, status === "ready" || status === "draining");
      indexes.place(agent);
    },
    setCapabilities(agent, capabilities) {
      indexes.remove(agent);
      agent.capabilities = capabilities;
      indexes.place(agent);
    },
    refresh(agent, before) {
      hold(agent, before, -1);
      hold(agent, agent.open.length, 1);
      agent.load = agent.open.length / slots;
      indexes.place(agent);
    },
    members: () => cells,
    countOf: (status) => counts[status],
    counts,
    holding: (open) => held[open] ?? 0,
    stacked: indexes.stacked,
    living,
    size: () => indexes.free.size(),
    nth: (rank) => cells[indexes.free.nth(rank)],
    first: (capability) => indexes.orderOf(capability).first(),
    least: (capability, count) => indexes.orderOf(capability).least(count),
  };
}
