// Agents by load: fewest open tasks first, then who has been at that load longest. One linked list per load, so that every
// change costs the same small time, whether there are ten agents or a hundred thousand.
import type { AgentCell } from "./agent-cell.ts";

export interface LoadOrder {
  /** Puts an agent in, takes it out, or moves it to where its load belongs. */
  readonly place: (agent: AgentCell, wanted: boolean) => void;
  /** The `count` least loaded, in order. */
  readonly least: (count: number) => readonly AgentCell[];
  /** The least loaded of all. */
  readonly first: () => AgentCell | undefined;
}

/** A place in a list; `load` is -1 while the agent is out. */
interface Link {
  readonly agent: AgentCell;
  load: number;
  next: Link | null;
  prev: Link | null;
}

interface List {
  first: Link | null;
  last: Link | null;
}

/** `slots`: loads are 0 to this number. */
export function openLoadOrder(slots: number): LoadOrder {
  const lists = Array.from({ length: slots + 1 }, (): List => ({ first: null, last: null }));
  const links: (Link | undefined)[] = [];
  const linkOf = (agent: AgentCell): Link => {
    // Agents come in any order: an array with holes becomes a dictionary, and slow.
    while (links.length <= agent.slot) links.push(undefined);
    return (links[agent.slot] ??= { agent, load: -1, next: null, prev: null });
  };
  return {
    place(agent, wanted) {
      const link = linkOf(agent);
      const load = wanted ? agent.open.length : -1;
      if (link.load === load) return;
      // Asking an array for its place -1 is a look-up by name, and slow.
      const from = link.load < 0 ? undefined : lists[link.load];
      const to = load < 0 ? undefined : lists[load];
      if (from !== undefined) unlink(from, link);
      link.load = load;
      if (to !== undefined) append(to, link);
    },
    least(count) {
      const found: AgentCell[] = [];
      for (const { first } of lists) {
        for (let link = first; link !== null && found.length < count; link = link.next) found.push(link.agent);
      }
      return found;
    },
    first() {
      for (const { first } of lists) if (first !== null) return first.agent;
      return undefined;
    },
  };
}

function unlink(list: List, link: Link): void {
  if (link.prev === null) list.first = link.next;
  else link.prev.next = link.next;
  if (link.next === null) list.last = link.prev;
  else link.next.prev = link.prev;
  link.next = null;
  link.prev = null;
}

function append(list: List, link: Link): void {
  link.prev = list.last;
  if (list.last === null) list.first = link;
  else list.last.next = link;
  list.last = link;
}
